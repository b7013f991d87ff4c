package io.headrace.router.auth;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An access key and whom it stands for. Someone who rotates keys has two identities with the same
 * principal for a while.
 *
 * @param accountId twelve digits
 * @param principalArn a user's, a role session's or the account root's ARN
 * @param policies identity policies; without effect for the root
 * @param active an inactive key is kept but refused, like an unknown one
 * @param session for temporary credentials: the token that must come with the key; else null
 */
public record Identity(
        String accessKeyId,
        Secret secret,
        String accountId,
        String principalArn,
        List<Policy> policies,
        boolean active,
        @Nullable Session session) {
    /** A session token and when it ends. */
    public record Session(Secret token, Instant expiry) {}

    public Identity {
        policies = List.copyOf(policies);
    }

    /** A long-lived, active key of a user. */
    public static Identity user(
            String accessKeyId,
            Secret secret,
            String accountId,
            String userName,
            List<Policy> policies) {
        var arn = "arn:aws:iam::" + accountId + ":user/" + userName;
        return new Identity(accessKeyId, secret, accountId, arn, policies, true, null);
    }

    /** A long-lived, active key of the account's root. */
    public static Identity root(String accessKeyId, Secret secret, String accountId) {
        var arn = Caller.root(accountId).principalArn();
        return new Identity(accessKeyId, secret, accountId, arn, List.of(), true, null);
    }

    Caller caller() {
        return new Caller(accountId, principalArn, policies);
    }
}
