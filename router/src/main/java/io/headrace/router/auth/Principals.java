package io.headrace.router.auth;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whom a statement of a resource policy is about. Naming an account hands the decision to that
 * account, whose identity policies still have to allow; naming a user (or everybody) decides.
 */
final class Principals {
    enum Match {
        NONE,
        ACCOUNT,
        PRINCIPAL
    }

    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern ROOT = Pattern.compile("arn:aws[a-z-]*:iam::(\\d{12}):root");
    private static final Pattern NAMED =
            Pattern.compile("arn:aws[a-z-]*:(?:iam|sts)::\\d{12}:[^*?\\s:]+");
    private static final Pattern SESSION =
            Pattern.compile("arn:(aws[a-z-]*):sts::(\\d{12}):assumed-role/(.+)/[^/]+");

    private final boolean everybody;
    private final Set<String> accounts = new HashSet<>();
    private final Set<String> arns = new HashSet<>();

    private Principals(boolean everybody) {
        this.everybody = everybody;
    }

    static Principals everyone() {
        return new Principals(true);
    }

    /** The values of {@code "Principal": {"AWS": …}}. */
    static Principals of(List<String> names) {
        var principals = new Principals(names.contains("*"));
        for (var name : names) {
            var root = ROOT.matcher(name);
            if (ACCOUNT.matcher(name).matches()) {
                principals.accounts.add(name);
            } else if (root.matches()) {
                principals.accounts.add(root.group(1));
            } else if (NAMED.matcher(name).matches()) {
                principals.arns.add(name);
            } else if (!name.equals("*")) {
                throw new MalformedPolicyException(
                        "'" + name + "' is not a principal: give *, an account or an ARN of one");
            }
        }
        return principals;
    }

    Match match(Caller caller) {
        if (everybody
                || arns.contains(caller.principalArn())
                || arns.contains(identityArn(caller.principalArn()))) {
            return Match.PRINCIPAL;
        }
        if (accounts.contains(caller.accountId())) {
            return caller.isRoot() ? Match.PRINCIPAL : Match.ACCOUNT;
        }
        return Match.NONE;
    }

    /** A role's session is the role, everyone else themselves. */
    static String identityArn(String principalArn) {
        var session = SESSION.matcher(principalArn);
        return session.matches()
                ? "arn:%s:iam::%s:role/%s"
                        .formatted(session.group(1), session.group(2), session.group(3))
                : principalArn;
    }
}
