package io.headrace.store.journal;

import java.io.IOException;

/**
 * An entry is not there. It was given back if the manifest changed since it named the entry; if it
 * did not, the entry was lost.
 */
public final class EntryGoneException extends IOException {
    public EntryGoneException(String message) {
        super(message);
    }
}
