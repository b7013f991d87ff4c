package io.headrace.node.settings;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One access key and whose it is. A user with two keys (rotation) gives two of these.
 *
 * @param policies identity policies as JSON documents; empty: the account's root, who may do
 *     everything
 * @param sessionToken what a request with this key must send, for temporary credentials
 * @param expires when temporary credentials end
 */
public record IdentitySettings(
        String accessKeyId,
        Secret secret,
        String account,
        String user,
        List<String> policies,
        boolean active,
        Optional<Secret> sessionToken,
        Optional<Instant> expires) {
    public IdentitySettings {
        policies = List.copyOf(policies);
    }
}
