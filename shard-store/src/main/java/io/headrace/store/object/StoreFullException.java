package io.headrace.store.object;

import java.io.IOException;

/** There is no room for a write: nothing was stored, and it may be tried again once there is. */
public final class StoreFullException extends IOException {
    public StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
