package io.headrace.router.wire;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The memory one request's answer may take while it is written and sent, of what all answers of the
 * node may take together. Whoever gives the answer sees that the room is given back. Any thread.
 */
public interface AnswerRoom {
    /** For answers that nobody counts. */
    AnswerRoom BOUNDLESS =
            new AnswerRoom() {
                @Override
                public boolean tryTake(long bytes) {
                    return true;
                }

                @Override
                public CompletionStage<Void> whenTaken(long bytes) {
                    return CompletableFuture.completedFuture(null);
                }
            };

    /**
     * Takes room for an answer of about so many bytes if there is some and nobody waits for it.
     * True too if this request has taken its room already.
     */
    boolean tryTake(long bytes);

    /**
     * Waits in line for room. Who waits should hold nothing of what it would answer, or the waiting
     * ones would take the memory that the room is there to bound. Once for a request.
     *
     * @return fails with a {@link io.headrace.store.RefusedException} if it takes too long or the
     *     client is gone
     */
    CompletionStage<Void> whenTaken(long bytes);

    /**
     * An array of at least so many bytes, whatever they hold, for a part of the answer; it is used
     * again once the answer was sent.
     */
    default byte[] array(int bytes) {
        return new byte[bytes];
    }
}
