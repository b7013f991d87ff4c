package io.headrace.store.stream;

import java.io.IOException;

/**
 * A metadata object is damaged, or of a format newer than this build reads; the message names it.
 */
public final class UnreadableStateException extends IOException {
    UnreadableStateException(String message) {
        super(message);
    }

    UnreadableStateException(String message, Throwable cause) {
        super(message, cause);
    }
}
