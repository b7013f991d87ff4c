package io.headrace.router.http;

import java.time.Duration;

/**
 * Where a request is.
 *
 * <pre>
 *   WAITING ──► READING ──► WORKING ──► ANSWERING ──► DONE
 *                              └──────► STREAMING ──►
 *   DISCARDING ─────────────────────►  ANSWERING ──► LINGERING ──► DONE
 * </pre>
 */
enum Stage {
    /** For a share of the in-flight bytes, before the body is read. */
    WAITING,
    READING,
    /** Reads a body nobody wants, so that the connection can go on. */
    DISCARDING,
    /** Has no deadline here, an operation has its own, but for its wait for room to answer. */
    WORKING,
    ANSWERING,
    /** Answers with an event stream; its deadline counts from where the client stopped reading. */
    STREAMING,
    /**
     * Goes on discarding after the answer to a body that is too long: closing at once would reset
     * the connection before the client has seen the answer.
     */
    LINGERING,
    DONE;

    private static final Duration LINGER = Duration.ofSeconds(2);

    /** How long a request may be in this stage. */
    long deadlineNanos(HttpLimits limits) {
        return switch (this) {
            case WAITING, WORKING -> limits.admissionDeadline().toNanos();
            case READING, DISCARDING -> limits.bodyDeadline().toNanos();
            case ANSWERING, STREAMING -> limits.answerDeadline().toNanos();
            case LINGERING -> LINGER.toNanos();
            case DONE -> Long.MAX_VALUE;
        };
    }
}
