package io.headrace.router.streams;

import io.headrace.router.wire.PojoCodec;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;

/** Answers a request that only asks whether it would succeed, once it has passed every check. */
final class DryRuns {
    private DryRuns() {}

    static void refuse(byte[] body, WireFormat format) {
        refuse(PojoCodec.flag(format, body, "DryRun"));
    }

    static void refuse(boolean dryRun) {
        if (dryRun) {
            throw new RefusedException(
                    ErrorCode.DRY_RUN, "The request would have succeeded, but DryRun is set.");
        }
    }
}
