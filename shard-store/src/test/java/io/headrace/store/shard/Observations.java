package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.DamagedBlockException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What a simulation reads off its parts. */
final class Observations {
    private Observations() {}

    /** Equal for equal objects. */
    static long fingerprint(MemoryStore objects) {
        long sum = 0;
        for (var name : objects.list("")) {
            sum = sum * 31 + name.hashCode();
            sum = sum * 31 + objects.get(name).orElseThrow().hashCode();
        }
        return sum;
    }

    /** Why a future was refused; anything else is a fault. */
    static ErrorCode codeOf(@Nullable Throwable failure) {
        var cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof RefusedException refused) {
            return refused.code();
        }
        throw new AssertionError("not a refusal", failure);
    }

    /** Nothing that a network does may look like damage. */
    static void requireUndamaged(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Promise.READABLE.require(
                    !(cause instanceof DamagedBlockException), "taken for damage: %s", cause);
        }
    }
}
