package io.headrace.store.journal;

import java.io.IOException;

/** Someone else ended the journal: what is not settled by now never counts. */
public final class FencedException extends IOException {
    public FencedException(String message) {
        super(message);
    }
}
