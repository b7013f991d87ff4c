package io.headrace.router.http;

import java.util.Base64;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Names requests. They must be unique, not unguessable, so no secure generator is asked. One per
 * event loop, for that loop only.
 */
final class RequestIds {
    /** As long as AWS's. */
    private static final int EXTENDED_BYTES = 72;

    private final RandomGenerator random;
    private final byte[] extended = new byte[EXTENDED_BYTES];

    RequestIds(RandomGenerator random) {
        this.random = random;
    }

    /** For {@code x-amzn-RequestId}: a version 4 UUID. */
    String next() {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /** For {@code x-amz-id-2}. */
    String nextExtended() {
        random.nextBytes(extended);
        return Base64.getEncoder().encodeToString(extended);
    }
}
