package io.headrace.store;

import org.jspecify.annotations.Nullable;

/** The one exception that tells a caller no; anything else that is thrown is a fault of ours. */
public final class RefusedException extends RuntimeException {
    private final ErrorCode code;

    public RefusedException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public RefusedException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
