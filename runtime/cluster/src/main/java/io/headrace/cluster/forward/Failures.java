package io.headrace.cluster.forward;

import io.headrace.cluster.wire.CallFailedException;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.util.concurrent.CompletionException;

/** What a failed request says of what was done. */
final class Failures {
    private Failures() {}

    static Throwable cause(Throwable failure) {
        var cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Certainly nothing was done, and another node may do it. */
    static boolean isElsewhere(Throwable cause) {
        return switch (cause) {
            case RefusedException refused -> refused.code() == ErrorCode.NOT_OWNER;
            case CallFailedException call -> !call.maybeSent();
            default -> false;
        };
    }

    /** Nobody knows what was done. */
    static boolean isUnclear(Throwable cause) {
        return cause instanceof CallFailedException call && call.maybeSent();
    }

    /** What a caller is told. */
    static RefusedException refusal(Throwable cause) {
        return cause instanceof RefusedException refused && refused.code() != ErrorCode.NOT_OWNER
                ? refused
                : new RefusedException(
                        ErrorCode.INTERNAL_FAILURE, String.valueOf(cause.getMessage()), cause);
    }
}
