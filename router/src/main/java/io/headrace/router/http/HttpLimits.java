package io.headrace.router.http;

import io.headrace.router.wire.WireFormat;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the front door lets a client ask of it. Everything a client can make the node hold is
 * bounded by one of these.
 *
 * @param bodyBytesMax a longer body is answered 413
 * @param headerBytesMax of one request's head
 * @param inFlightBytesMax bodies, and what is made of them, held at a time by the whole node; past
 *     it requests wait before their bodies are read
 * @param answerBytesMax answers and events with many records held at a time by the whole node; past
 *     it they wait before they are written
 * @param connectionInFlightBytesMax the same for one connection
 * @param connectionsMax one more is closed as soon as it is accepted
 * @param streamsMax HTTP/2 streams open at a time on one connection
 * @param blockingCallsMax operations that may block, running at a time
 * @param blockingCallsWaitingMax operations that wait for one of those; one more is refused
 * @param resetsMax HTTP/2 streams a client may reset before they were answered, in {@link
 *     #FLOOD_WINDOW}; resets of answered ones, such as a cancelled subscription, do not count
 * @param controlFramesMax PING and SETTINGS frames of one connection in the same window
 * @param headerDeadline from a head's first byte to its last
 * @param bodyDeadline from the end of the head to the end of the body
 * @param idleDeadline of a connection without a request
 * @param answerDeadline how long a client may leave an answer unread
 * @param admissionDeadline how long a request may wait for its share of the in-flight bytes
 */
public record HttpLimits(
        int bodyBytesMax,
        int headerBytesMax,
        long inFlightBytesMax,
        long answerBytesMax,
        long connectionInFlightBytesMax,
        int connectionsMax,
        int streamsMax,
        int blockingCallsMax,
        int blockingCallsWaitingMax,
        int resetsMax,
        int controlFramesMax,
        Duration headerDeadline,
        Duration bodyDeadline,
        Duration idleDeadline,
        Duration answerDeadline,
        Duration admissionDeadline) {
    /** Over which resets and control frames of a connection are counted. */
    public static final Duration FLOOD_WINDOW = Duration.ofSeconds(30);

    /** What a request is charged beside its body, so that tiny ones are bounded too. */
    static final int REQUEST_OVERHEAD_BYTES = 4096;

    private static final int MIB = 1 << 20;

    public HttpLimits {
        var needed = heldBytes(WireFormat.JSON, bodyBytesMax);
        if (bodyBytesMax < 1
                || ByteBudget.limit(inFlightBytesMax, needed) < needed
                || connectionInFlightBytesMax < needed) {
            throw new IllegalArgumentException(
                    "in-flight bytes must have room for one body of the largest size");
        }
        if (answerBytesMax < 1) {
            throw new IllegalArgumentException("answers must have room");
        }
        if (connectionsMax < 1 || streamsMax < 1 || blockingCallsMax < 1 || headerBytesMax < 1024) {
            throw new IllegalArgumentException("limits must let one request through");
        }
    }

    /**
     * What is held for a body until its answer is sent: of a put the body itself, the data decoded
     * from Base64, and the batch encoded for the log.
     *
     * @param format null for a plain route
     */
    static long heldBytes(@Nullable WireFormat format, int bodyBytes) {
        return REQUEST_OVERHEAD_BYTES
                + switch (format) {
                    case JSON -> bodyBytes + 2 * (bodyBytes * 3L / 4);
                    case CBOR -> 2L * bodyBytes;
                    case null -> bodyBytes;
                };
    }

    /**
     * 15 MiB a body: 10 MiB of records in base64 with room to spare.
     *
     * @param heapBytes of which a quarter may be bodies in flight, and an eighth answers
     */
    public static HttpLimits forHeap(long heapBytes) {
        return new HttpLimits(
                15 * MIB,
                32 * 1024,
                Math.max(48L * MIB, heapBytes / 4),
                Math.max(24L * MIB, heapBytes / 8),
                48L * MIB,
                10_000,
                250,
                256,
                4096,
                400,
                1000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(75),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5));
    }
}
