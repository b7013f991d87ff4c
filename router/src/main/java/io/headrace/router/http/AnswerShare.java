package io.headrace.router.http;

import io.headrace.router.wire.AnswerRoom;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What one answer, or one message of an event stream, holds of the bytes that answers of records
 * may hold together. Any thread.
 */
final class AnswerShare implements AnswerRoom, ByteBudget.Waiter {
    private static final String GONE = "The client has gone.";

    private enum State {
        NONE,
        WAITS,
        HELD,
        RELEASED
    }

    private final ByteBudget answers;
    private final Executor loop;
    private State state = State.NONE;
    private volatile long bytes;
    private @Nullable CompletableFuture<Void> taken;

    /**
     * @param loop runs what waited, so that it does not run where another answer was sent
     */
    AnswerShare(ByteBudget answers, Executor loop) {
        this.answers = answers;
        this.loop = loop;
    }

    /** Of the same bytes. */
    AnswerShare another() {
        return new AnswerShare(answers, loop);
    }

    @Override
    public synchronized boolean tryTake(long wanted) {
        if (state == State.NONE && answers.takeAtOnce(wanted)) {
            bytes = wanted;
            state = State.HELD;
        }
        return state == State.HELD;
    }

    @Override
    public CompletionStage<Void> whenTaken(long wanted) {
        var future = new CompletableFuture<Void>();
        synchronized (this) {
            if (state == State.RELEASED) {
                future.completeExceptionally(refusal(GONE));
                return future;
            }
            if (state != State.NONE) {
                throw new IllegalStateException("asked for room when " + state);
            }
            // More than there is at all would wait forever.
            bytes = Math.min(wanted, answers.shareBytesMax());
            taken = future;
            state = State.WAITS;
            if (!answers.take(this)) {
                return future;
            }
            state = State.HELD;
        }
        // Later, so that a caller sees it happen in one way only.
        loop.execute(() -> future.complete(null));
        return future;
    }

    @Override
    public long bytesWanted() {
        return bytes;
    }

    @Override
    public void granted() {
        CompletableFuture<Void> future;
        synchronized (this) {
            future = taken;
            if (state == State.WAITS) {
                state = State.HELD;
            }
        }
        // If it was released meanwhile, that gave the bytes back and failed the future.
        if (future != null) {
            loop.execute(() -> future.complete(null));
        }
    }

    /** The answer exists, and has so many bytes. */
    void settle(long exactly) {
        long less;
        synchronized (this) {
            if (state != State.NONE && state != State.HELD) {
                return;
            }
            less = state == State.HELD ? bytes - exactly : -exactly;
            bytes = exactly;
            state = State.HELD;
        }
        if (less > 0) {
            answers.give(less);
        } else if (less < 0) {
            answers.overdraw(-less);
        }
    }

    synchronized boolean isHeld() {
        return state == State.HELD;
    }

    synchronized boolean isWaiting() {
        return state == State.WAITS;
    }

    /** Leaves the line, if it stands there, and fails what waits; who has no room gets none. */
    void giveUp(String reason) {
        State before;
        CompletableFuture<Void> future;
        synchronized (this) {
            before = state;
            future = taken;
            if (before != State.HELD) {
                state = State.RELEASED;
            }
        }
        if (before == State.WAITS) {
            leave(future, reason);
        }
    }

    /** Gives all back, or leaves the line; idempotent. */
    void release() {
        State before;
        CompletableFuture<Void> future;
        synchronized (this) {
            before = state;
            future = taken;
            state = State.RELEASED;
        }
        // Outside our lock: giving runs the grants of others, which take theirs.
        if (before == State.HELD) {
            answers.give(bytes);
        } else if (before == State.WAITS) {
            leave(future, GONE);
        }
    }

    private void leave(@Nullable CompletableFuture<Void> waits, String reason) {
        if (!answers.cancel(this)) {
            // Granted by another thread just now.
            answers.give(bytes);
        }
        if (waits != null) {
            waits.completeExceptionally(refusal(reason));
        }
    }

    private static RefusedException refusal(String reason) {
        return new RefusedException(ErrorCode.THROUGHPUT_EXCEEDED, reason);
    }
}
