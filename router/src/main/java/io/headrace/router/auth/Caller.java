package io.headrace.router.auth;

/**
 * Who asks.
 *
 * @param accountId twelve digits
 * @param principalArn for example {@code arn:aws:iam::000000000000:user/ingest}
 * @param policyName name of the identity policy that applies, {@code *} for one that may do
 *     everything
 */
public record Caller(String accountId, String principalArn, String policyName) {}
