package io.headrace.node.settings;

import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Identity;
import io.headrace.router.auth.MalformedPolicyException;
import io.headrace.router.auth.Policy;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the {@code identities} of a configuration file: users, each with their keys and policies.
 *
 * <pre>
 * identities:
 *   - user: ingest                  # left out: the account's root, who may do everything
 *     account: "000000000000"       # left out: the node's
 *     policies:                     # a user's; the root has none
 *       - Version: "2012-10-17"
 *         Statement: [{Effect: Allow, Action: "kinesis:Put*", Resource: "*"}]
 *     keys:                         # two may be active while one replaces the other
 *       - {id: AKIAEXAMPLE, secret: ...}
 *       - {id: ASIAEXAMPLE, secret: ..., session-token: ..., expires: 2030-01-01T00:00:00Z}
 *       - {id: AKIAOLD, secret: ..., active: false}
 * </pre>
 */
final class IdentityReader {
    private static final Set<String> USER_MEMBERS = Set.of("user", "account", "policies", "keys");
    private static final Set<String> KEY_MEMBERS =
            Set.of("id", "secret", "active", "session-token", "expires");
    private static final Pattern USER = Pattern.compile("[\\w+=,.@-]{1,64}");

    private final Problems problems;
    private final String file;
    private final String defaultAccount;

    private record Owner(String account, String principalArn, List<Policy> policies) {}

    IdentityReader(Problems problems, String file, String defaultAccount) {
        this.problems = problems;
        this.file = file;
        this.defaultAccount = defaultAccount;
    }

    List<Identity> read(ConfigNode.Sequence users) {
        var identities = new ArrayList<Identity>();
        for (int i = 0; i < users.items().size(); i++) {
            var path = "identities[" + i + "]";
            if (users.items().get(i) instanceof ConfigNode.Mapping user) {
                identities.addAll(readUser(path, user));
            } else {
                problems.add(path, source(users.items().get(i)), "must have user and keys");
            }
        }
        return identities;
    }

    private List<Identity> readUser(String path, ConfigNode.Mapping user) {
        refuseUnknown(path, user, USER_MEMBERS);
        var owner = readOwner(path, user);
        var identities = new ArrayList<Identity>();
        if (user.members().get("keys") instanceof ConfigNode.Sequence keys
                && !keys.items().isEmpty()) {
            for (int i = 0; i < keys.items().size(); i++) {
                var keyPath = path + ".keys[" + i + "]";
                if (keys.items().get(i) instanceof ConfigNode.Mapping key) {
                    readKey(keyPath, key, owner).ifPresent(identities::add);
                } else {
                    problems.add(keyPath, source(keys.items().get(i)), "must have id and secret");
                }
            }
        } else {
            problems.add(path + ".keys", source(user), "must be a list of one or more keys");
        }
        return identities;
    }

    private Owner readOwner(String path, ConfigNode.Mapping user) {
        var account = find(path, user, "account", Parsers::account).orElse(defaultAccount);
        if (!user.members().containsKey("user")) {
            if (user.members().containsKey("policies")) {
                problems.add(
                        path + ".policies",
                        source(user),
                        "the root may do everything: name a user, or leave the policies out");
            }
            return new Owner(account, Caller.root(account).principalArn(), List.of());
        }
        var name =
                find(path, user, "user", text -> Parsers.matching(USER, text, "a user name"))
                        .orElse("unnamed");
        return new Owner(
                account, "arn:aws:iam::" + account + ":user/" + name, readPolicies(path, user));
    }

    private Optional<Identity> readKey(String path, ConfigNode.Mapping key, Owner owner) {
        refuseUnknown(path, key, KEY_MEMBERS);
        var id = require(path, key, "id", Parsers::accessKeyId);
        var secret = require(path, key, "secret", Parsers::secret);
        var active = find(path, key, "active", Parsers::flag).orElse(true);
        var token = find(path, key, "session-token", Parsers::secret);
        var expires = find(path, key, "expires", IdentityReader::instant);
        if (token.isPresent() != expires.isPresent()) {
            problems.add(path, source(key), "session-token and expires are needed together");
        }
        if (id.isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Identity(
                        id.get(),
                        secret.get(),
                        owner.account(),
                        owner.principalArn(),
                        owner.policies(),
                        active,
                        token.isPresent() && expires.isPresent()
                                ? new Identity.Session(token.get(), expires.get())
                                : null));
    }

    private List<Policy> readPolicies(String path, ConfigNode.Mapping user) {
        var policies = new ArrayList<Policy>();
        if (user.members().get("policies") instanceof ConfigNode.Sequence documents
                && !documents.items().isEmpty()) {
            for (int i = 0; i < documents.items().size(); i++) {
                readPolicy(path + ".policies[" + i + "]", documents.items().get(i))
                        .ifPresent(policies::add);
            }
        } else {
            problems.add(
                    path + ".policies",
                    source(user),
                    "must be a list of one or more: without a policy a user may do nothing");
        }
        return policies;
    }

    private Optional<Policy> readPolicy(String path, ConfigNode document) {
        var json =
                switch (document) {
                    case ConfigNode.Scalar text -> text.plain();
                    case ConfigNode.Mapping mapping -> JsonText.of(mapping);
                    case ConfigNode.Sequence sequence -> JsonText.of(sequence);
                    case ConfigNode.Nothing _ -> "";
                };
        try {
            return Optional.of(Policy.parseIdentity(json));
        } catch (MalformedPolicyException e) {
            problems.add(path, source(document), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private <T> Optional<T> require(
            String path, ConfigNode.Mapping mapping, String member, Function<String, T> parse) {
        if (!mapping.members().containsKey(member)) {
            problems.add(path + "." + member, source(mapping), "is missing");
            return Optional.empty();
        }
        return find(path, mapping, member, parse);
    }

    private <T> Optional<T> find(
            String path, ConfigNode.Mapping mapping, String member, Function<String, T> parse) {
        var name = path + "." + member;
        var node = mapping.members().get(member);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof ConfigNode.Scalar scalar) {
            return problems.attempt(name, source(node), () -> parse.apply(scalar.plain()));
        }
        problems.add(name, source(node), "must be one value");
        return Optional.empty();
    }

    private void refuseUnknown(String path, ConfigNode.Mapping mapping, Set<String> known) {
        for (Map.Entry<String, ConfigNode> member : mapping.members().entrySet()) {
            if (!known.contains(member.getKey())) {
                problems.add(path + "." + member.getKey(), source(member.getValue()), "is unknown");
            }
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "must be a moment such as 2030-01-01T00:00:00Z, not '" + text + "'", e);
        }
    }

    private String source(ConfigNode node) {
        return file + " line " + node.line();
    }
}
