package io.headrace.router.auth;

import java.util.List;

/**
 * Who asks, and the identity policies that applied when the request was authenticated: a change of
 * the configuration does not change a request that is under way.
 *
 * @param accountId twelve digits
 * @param principalArn for example {@code arn:aws:iam::000000000000:user/ingest}
 * @param policies what the principal may do; not looked at for the account's root, which may do
 *     everything in its account
 */
public record Caller(String accountId, String principalArn, List<Policy> policies) {
    public Caller {
        policies = List.copyOf(policies);
    }

    /** The root of an account. */
    public static Caller root(String accountId) {
        return new Caller(accountId, "arn:aws:iam::" + accountId + ":root", List.of());
    }

    public boolean isRoot() {
        return principalArn.endsWith(":root");
    }

    /**
     * The last part of the principal's name: {@code ingest} of {@code user/ingest}; as {@code
     * aws:username} it is what policies use.
     */
    public String userName() {
        int slash = principalArn.lastIndexOf('/');
        return slash < 0 ? "root" : principalArn.substring(slash + 1);
    }
}
