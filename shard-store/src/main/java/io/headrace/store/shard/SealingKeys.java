package io.headrace.store.shard;

import io.headrace.store.RefusedException;
import io.headrace.store.StoreEvents;
import io.headrace.store.record.BlockCipher;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Sees to it that the committer never waits for a key: an append whose stream's key is not at hand
 * goes back and waits for it as for a claim, and a key that is nearly used up is made ready before
 * anything has to wait. {@link #isReady} is called by the committer alone, and does not block.
 */
final class SealingKeys {
    private final BlockCipher cipher;
    private final RequestQueue queue;
    private final Executor background;
    private final StoreEvents events;
    private final Consumer<Request> readmit;

    /**
     * @param background may block
     * @param readmit takes back a request
     */
    SealingKeys(
            BlockCipher cipher,
            RequestQueue queue,
            Executor background,
            StoreEvents events,
            Consumer<Request> readmit) {
        this.cipher = cipher;
        this.queue = queue;
        this.background = background;
        this.events = events;
        this.readmit = readmit;
    }

    /** Whether the append can be encrypted now; else it is refused here, or comes again. */
    boolean isReady(Request.Append append, ShardLog.Owner owner) {
        var log = append.log();
        BlockCipher.Readiness readiness;
        try {
            readiness = cipher.readiness(log.key);
        } catch (RefusedException e) {
            append.refuse(e, queue);
            return false;
        }
        return switch (readiness) {
            case READY -> true;
            case READY_FOR_NOW -> {
                background.execute(() -> prepareAhead(log));
                yield true;
            }
            case UNPREPARED -> {
                boolean paused = log.gate.paused(owner);
                readmit.accept(append);
                if (paused) {
                    background.execute(() -> prepare(log, owner));
                }
                yield false;
            }
        };
    }

    private void prepare(ShardLog log, ShardLog.Owner owner) {
        try {
            cipher.prepare(log.key);
        } catch (RuntimeException | OutOfMemoryError e) {
            var refusal = LocalShards.refusalOf(e);
            log.gate.preparationFailed(owner).forEach(request -> request.refuse(refusal, queue));
            return;
        }
        log.gate.claimed(owner, queue);
    }

    private void prepareAhead(ShardLog log) {
        try {
            cipher.prepare(log.key);
        } catch (RuntimeException e) {
            // Asked for again well before the key is used up.
            events.backgroundFailed("preparing the key of " + log, e);
        }
    }
}
