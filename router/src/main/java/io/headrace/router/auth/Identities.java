package io.headrace.router.auth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Everyone who may sign requests. Immutable: a change of the configuration makes a new one, and
 * with it the keys that were derived from old secrets are gone. Any thread may use it.
 */
public final class Identities {
    /** As many as the quota of IAM: one in use and its successor. */
    private static final int ACTIVE_KEYS_MAX = 2;

    /** Past this the cache starts anew; there are few keys × days × regions at any time. */
    private static final int SIGNING_KEYS_MAX = 1024;

    private static final Pattern ACCESS_KEY_ID = Pattern.compile("[A-Za-z0-9_.+=@-]{1,128}");
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern PRINCIPAL =
            Pattern.compile(
                    "arn:aws[a-z-]*:(?:iam|sts)::(\\d{12}):"
                            + "(?:root|(?:user|role|assumed-role)/[\\w+=,.@/-]+)");

    /** Signs for ids that nobody has, so that a refusal of one takes as long as any other. */
    private static final Identity NOBODY =
            new Identity("-", Secret.of("-"), "000000000000", "nobody", List.of(), false, null);

    private record Signing(String accessKeyId, CredentialScope scope) {}

    private final Map<String, Identity> byAccessKeyId;
    private final ConcurrentHashMap<Signing, SigningKey> signingKeys = new ConcurrentHashMap<>();

    private Identities(Map<String, Identity> byAccessKeyId) {
        this.byAccessKeyId = Map.copyOf(byAccessKeyId);
    }

    /**
     * Takes identities that have no problems.
     *
     * @throws IllegalArgumentException naming every problem; see {@link #problems}
     */
    public static Identities of(List<Identity> identities) {
        var problems = problems(identities);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        var byAccessKeyId = new HashMap<String, Identity>();
        identities.forEach(identity -> byAccessKeyId.put(identity.accessKeyId(), identity));
        return new Identities(byAccessKeyId);
    }

    /** What is wrong with these identities, all of it; empty if nothing is. Tells no secret. */
    public static List<String> problems(List<Identity> identities) {
        var problems = new ArrayList<String>();
        var seen = new HashMap<String, Identity>();
        var active = new HashMap<String, Integer>();
        for (var identity : identities) {
            var id = identity.accessKeyId();
            if (!ACCESS_KEY_ID.matcher(id).matches()) {
                problems.add("access key id '" + id + "' is not 1 to 128 letters and digits");
            }
            if (seen.put(id, identity) != null) {
                problems.add("access key id " + id + " is given twice");
            }
            if (identity.secret().isEmpty()) {
                problems.add("access key " + id + " has an empty secret");
            }
            if (!ACCOUNT.matcher(identity.accountId()).matches()) {
                problems.add("access key " + id + ": the account is not twelve digits");
            }
            var principal = PRINCIPAL.matcher(identity.principalArn());
            if (!principal.matches() || !principal.group(1).equals(identity.accountId())) {
                problems.add(
                        "access key %s: '%s' is not a user, role or root of account %s"
                                .formatted(id, identity.principalArn(), identity.accountId()));
            }
            boolean longLived = identity.active() && identity.session() == null;
            if (longLived
                    && active.merge(identity.principalArn(), 1, Integer::sum)
                            == ACTIVE_KEYS_MAX + 1) {
                problems.add(
                        identity.principalArn()
                                + " has more than "
                                + ACTIVE_KEYS_MAX
                                + " active keys");
            }
        }
        return List.copyOf(problems);
    }

    public boolean isEmpty() {
        return byAccessKeyId.isEmpty();
    }

    /** The key's identity, active or not; nobody's, which is never active, for an unknown id. */
    Identity find(String accessKeyId) {
        return byAccessKeyId.getOrDefault(accessKeyId, NOBODY);
    }

    /** Derived once per key, day, region and service. */
    SigningKey signingKey(Identity identity, CredentialScope scope) {
        var signing = new Signing(identity.accessKeyId(), scope);
        var known = signingKeys.get(signing);
        if (known != null) {
            return known;
        }
        if (signingKeys.size() >= SIGNING_KEYS_MAX) {
            signingKeys.clear();
        }
        var derived = SigningKey.derive(identity.secret(), scope);
        signingKeys.put(signing, derived);
        return derived;
    }

    /** For tests of the bound. */
    int signingKeysHeld() {
        return signingKeys.size();
    }

    @Override
    public String toString() {
        return "Identities" + byAccessKeyId.keySet();
    }
}
