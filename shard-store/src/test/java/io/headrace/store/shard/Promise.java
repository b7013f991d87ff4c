package io.headrace.store.shard;

import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** What the log promises; a simulation names the one that was broken. */
enum Promise {
    ACKNOWLEDGED_STAYS,
    READ_STAYS,
    ONE_PLACE_EACH,
    REFUSED_NEVER_APPEARS,
    PRODUCER_ORDER,
    ARRIVALS_NEVER_GO_BACK,
    CLOSED_STAYS_CLOSED,
    EXPIRED_IS_NOT_SERVED,
    FOUND_BY_ARRIVAL,
    READABLE,
    SEALED_ONCE,
    STARTS_AGAIN;

    /** A promise was broken. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1;

        private final Promise promise;

        Broken(Promise promise, String how) {
            super(promise + ": " + how);
            this.promise = promise;
        }

        Promise promise() {
            return promise;
        }
    }

    /** Fails unless it was kept; each {@code %d} or {@code %s} stands for the next detail. */
    void require(boolean kept, String how, @Nullable Object... details) {
        if (kept) {
            return;
        }
        var message = how;
        for (var detail : details) {
            message =
                    message.replaceFirst("%[ds]", Matcher.quoteReplacement(String.valueOf(detail)));
        }
        throw new Broken(this, message);
    }
}
