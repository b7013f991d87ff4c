package io.headrace.router.wire;

import io.vertx.core.buffer.Buffer;

/**
 * The open answer of an event stream. All methods but {@link #execute} belong to the connection's
 * context, on which the callbacks run too.
 */
public interface EventSink {
    /**
     * Sends one whole event stream message; the first one sends the answer's head. The sink owns
     * the buffer from then on. Nothing is sent once the stream has ended or the client has gone.
     *
     * @return false if the connection's buffer is full: this message is still sent, the next one
     *     should wait for {@link #onWritable}
     */
    boolean write(Buffer wholeMessage);

    /**
     * Takes room in memory for the next message, of about so many bytes. If there is none it lines
     * up for it: then the message should be forgotten, not held, and made anew on {@link
     * #onWritable}.
     */
    boolean reserve(long bytes);

    /**
     * Called each time the buffer has drained after a {@code write} that returned false, and when
     * there is room after a {@code reserve} that did.
     */
    void onWritable(Runnable writable);

    /**
     * Called once when the stream is over, whoever ended it; at once if it is over already. Every
     * listener is called.
     */
    void onClosed(Runnable closed);

    /** Ends the stream in good order; idempotent. */
    void end();

    /**
     * Ends the stream with a refusal: a plain error answer as long as nothing was written, else an
     * exception message.
     */
    void refuse(Throwable refusal);

    /** Runs a task on the connection's context; any thread may call it. */
    void execute(Runnable task);
}
