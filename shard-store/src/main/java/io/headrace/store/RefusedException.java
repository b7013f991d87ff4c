package io.headrace.store;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one exception that tells a caller no; anything else that is thrown is a fault of ours. */
public final class RefusedException extends RuntimeException {
    private final ErrorCode code;
    private final boolean forTheLog;

    public RefusedException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public RefusedException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, false);
    }

    private RefusedException(
            ErrorCode code, String message, @Nullable Throwable cause, boolean forTheLog) {
        super(message, cause);
        this.code = code;
        this.forTheLog = forTheLog;
    }

    /**
     * An INTERNAL_FAILURE whose message says what happened here, with names of objects and files:
     * it is for the log, and a client hears only that something did.
     */
    public static RefusedException fault(String what, @Nullable Throwable cause) {
        return new RefusedException(ErrorCode.INTERNAL_FAILURE, what, cause, true);
    }

    /** What a client may hear; empty if the message is for the log. */
    public Optional<String> told() {
        return forTheLog ? Optional.empty() : Optional.ofNullable(getMessage());
    }

    public ErrorCode code() {
        return code;
    }
}
