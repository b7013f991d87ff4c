package io.headrace.store.journal;

import java.io.IOException;

/** A journal lost or changed entries that were durable: only a person may decide what to do. */
public final class DamagedJournalException extends IOException {
    public DamagedJournalException(String message) {
        super(message);
    }
}
