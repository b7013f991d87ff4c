package io.headrace.router.auth;

import java.time.Duration;
import java.util.Set;

/**
 * What a signature must be made for.
 *
 * @param regions region names a credential scope may hold
 * @param services service names a credential scope may hold
 * @param skewMax how far the signer's clock may be off, either way
 * @param presignMax how long a presigned request may be good for
 */
public record SigV4Settings(
        Set<String> regions, Set<String> services, Duration skewMax, Duration presignMax) {
    public SigV4Settings {
        regions = Set.copyOf(regions);
        services = Set.copyOf(services);
        if (regions.isEmpty() || services.isEmpty()) {
            throw new IllegalArgumentException("a signature needs a region and a service");
        }
        if (skewMax.isNegative() || !presignMax.isPositive()) {
            throw new IllegalArgumentException("a signature needs time to arrive");
        }
    }

    /** AWS's: five minutes either way, seven days presigned; for Kinesis in one region. */
    public static SigV4Settings kinesis(String region) {
        return new SigV4Settings(
                Set.of(region), Set.of("kinesis"), Duration.ofMinutes(5), Duration.ofDays(7));
    }
}
