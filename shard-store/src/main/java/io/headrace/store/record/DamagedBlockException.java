package io.headrace.store.record;

/** Stored bytes are not what was written; they are named and never served. */
public final class DamagedBlockException extends RuntimeException {
    public DamagedBlockException(String message) {
        super(message);
    }

    public DamagedBlockException(String message, Throwable cause) {
        super(message, cause);
    }
}
