package io.headrace.router.http;

import io.headrace.router.wire.AnswerRoom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one request makes the node hold: its body, and its answer. Belongs to the connection's event
 * loop, but for the room of the answer, which is taken by any thread.
 *
 * <p>Nobody waits for bytes that only he could give back. Answers have a budget of their own, and
 * who takes room of it for an answer has its body's share cut to the smallest first: a request that
 * waits here holds next to nothing, and one that has its room waits for nothing but its client, who
 * has a deadline. So readers that do not read starve neither puts nor the control plane.
 */
final class HeldBytes implements AnswerRoom {
    /** Smaller answers are not worth two atomic operations. */
    static final int CHARGED_ANSWER_BYTES = 16 << 10;

    final Share body;
    private final AnswerShare answer;
    private final ConnectionGuard guard;
    private final LargeArrays arrays;
    private final List<byte[]> answerArrays = new ArrayList<>(0);
    private final AtomicReference<byte @Nullable []> lent = new AtomicReference<>();
    private long answerOfConnection;
    private long waitsSince;

    HeldBytes(ConnectionGuard guard, FrontLoop.Shared shared, Runnable bodyReady) {
        this.guard = guard;
        body = new Share(guard, shared.inFlight(), bodyReady);
        answer = new AnswerShare(shared.answers(), guard.channel().eventLoop());
        arrays = shared.arrays();
    }

    @Override
    public boolean tryTake(long bytes) {
        return answer.tryTake(bytes);
    }

    /** Keeps a body's array until its work is done; any thread. */
    void lend(byte[] array) {
        lent.set(array);
    }

    /** The array to be used again; null if it was let go meanwhile. Any thread. */
    byte @Nullable [] takeBack() {
        return lent.getAndSet(null);
    }

    @Override
    public CompletionStage<Void> whenTaken(long bytes) {
        // Nobody counts it any more.
        lent.set(null);
        guard.channel().eventLoop().execute(this::bodyDone);
        return answer.whenTaken(bytes);
    }

    @Override
    public byte[] array(int bytes) {
        var array = arrays.take(bytes);
        synchronized (answerArrays) {
            answerArrays.add(array);
        }
        return array;
    }

    /** The last byte of the answer is in the socket. An answer that was cut short may linger. */
    void answerSent() {
        synchronized (answerArrays) {
            answerArrays.forEach(arrays::giveBack);
            answerArrays.clear();
        }
    }

    /** The body was read for what it says. */
    void bodyDone() {
        body.shrinkTo(HttpLimits.REQUEST_OVERHEAD_BYTES);
    }

    /** The answer is there, and will be sent. */
    void charge(int length) {
        if (answer.isHeld()) {
            answer.settle(length);
            // Its connection's other requests wait for it as they do for those not reserved.
            answerOfConnection = length;
            guard.overdraw(length);
        } else if (length > CHARGED_ANSWER_BYTES) {
            body.overdraw(length);
        }
    }

    /** Gives all back; idempotent. */
    void release() {
        body.release();
        answer.release();
        if (answerOfConnection > 0) {
            long given = answerOfConnection;
            answerOfConnection = 0;
            guard.give(given);
        }
    }

    /** Room for another part of an answer that has no end. */
    AnswerShare another() {
        return answer.another();
    }

    /** Leaves the line for room, if it stands there; what is being written stays until it is. */
    void refuseAnswer(String reason) {
        answer.giveUp(reason);
    }

    /**
     * For how long it has waited for room, about: called a few times a second while it works. The
     * line moves only as fast as other clients read.
     */
    long answerWaitedNanos(long now, long workingSince) {
        if (!answer.isWaiting()) {
            waitsSince = now;
            return 0;
        }
        return now - (waitsSince == 0 ? workingSince : waitsSince);
    }
}
