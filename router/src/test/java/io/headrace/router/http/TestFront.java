package io.headrace.router.http;

import io.headrace.router.auth.AnonymousAuthenticator;
import io.headrace.router.wire.AnswerRoom;
import io.headrace.router.wire.EventSink;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.ServiceConstraints;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.kinesis.model.ListStreamsRequest;
import software.amazon.awssdk.services.kinesis.model.ListStreamsResponse;

/**
 * A front door on loopback with operations that show what it does: PutRecords echoes its body,
 * PutRecord never answers until told to, StopRecords counts its body's bytes, ListShards answers
 * with as many bytes as its body says, ListStreams is on the model classes, SubscribeToShard hands
 * its sink to the test.
 */
final class TestFront implements AutoCloseable {
    static final String TARGET = "Kinesis_20131202.";
    static final int LONG_BYTES = 10 << 20;

    /** Answers are made of such arrays. */
    private static final int ARRAY_BYTES = (2 << 20) - 64;

    static final String JSON = "application/x-amz-json-1.1";
    static final String CBOR = "application/x-amz-cbor-1.1";

    final BlockingQueue<RequestLog.Finished> log = new LinkedBlockingQueue<>();
    final BlockingQueue<EventSink> sinks = new LinkedBlockingQueue<>();

    /** Answers of PutRecord, in the order they were asked for. */
    final BlockingQueue<CompletableFuture<Buffer>> pending = new LinkedBlockingQueue<>();

    /** Of ListShards, as long as anyone holds them. */
    final BlockingQueue<WeakReference<byte[]>> bodies = new LinkedBlockingQueue<>();

    final HttpFront front;

    private TestFront(HttpSettings settings) throws InterruptedException {
        var services =
                new HttpServices(
                        operations(),
                        new AnonymousAuthenticator("000000000000"),
                        new RouteTable(routes()),
                        log::add,
                        RequestTraces.NONE,
                        InstantSource.system(),
                        System::nanoTime,
                        new SplittableRandom(1));
        front = HttpFront.start(settings, services);
    }

    static TestFront start() throws InterruptedException {
        return start(limits -> limits);
    }

    static TestFront start(UnaryOperator<HttpLimits> change) throws InterruptedException {
        var limits = change.apply(HttpLimits.forHeap(512L << 20));
        return new TestFront(new HttpSettings("127.0.0.1", 0, Optional.empty(), 2, true, limits));
    }

    static TestFront startTls(TestCertificate certificate) throws InterruptedException {
        var tls = new HttpSettings.Tls(0, certificate.certificate(), certificate.key());
        return new TestFront(
                new HttpSettings(
                        "127.0.0.1", 0, Optional.of(tls), 2, true, HttpLimits.forHeap(512L << 20)));
    }

    int port() {
        return front.port();
    }

    /** The log's entry of one request; those of others are dropped. */
    RequestLog.Finished logged(String requestId) throws InterruptedException {
        var next = taken(log);
        while (!next.requestId().equals(requestId)) {
            next = taken(log);
        }
        return next;
    }

    static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
        var next = queue.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came");
        }
        return next;
    }

    private OperationTable operations() {
        return OperationTable.builder()
                .service("Kinesis_20131202", ServiceConstraints.kinesis())
                .bytes(
                        "PutRecords",
                        (body, context) ->
                                CompletableFuture.completedFuture(Buffer.buffer(body.bytes())))
                .bytes(
                        "PutRecord",
                        (body, context) -> {
                            var answer = new CompletableFuture<Buffer>();
                            pending.add(answer);
                            return answer;
                        })
                .bytes(
                        "GetRecords",
                        (body, context) -> {
                            throw new IllegalStateException("a bug");
                        })
                .bytes(
                        "ListShards",
                        (body, context) -> {
                            bodies.add(new WeakReference<>(body.array()));
                            return longAnswer(body.bytes(), context.room());
                        })
                .bytes(
                        "StopRecords",
                        (body, context) ->
                                CompletableFuture.completedFuture(
                                        Buffer.buffer(Integer.toString(body.length()))))
                .model(
                        "ListStreams",
                        ListStreamsRequest::builder,
                        (request, context) ->
                                ListStreamsResponse.builder()
                                        .streamNames("ingest", context.caller().accountId())
                                        .hasMoreStreams(false)
                                        .build())
                .eventStream("SubscribeToShard", (body, context, sink) -> sinks.add(sink))
                .and()
                .build();
    }

    /** Takes its room first, as GetRecords does. */
    private static CompletionStage<Buffer> longAnswer(byte[] body, AnswerRoom room) {
        int length = Integer.parseInt(new String(body, StandardCharsets.US_ASCII).strip());
        return room.tryTake(length)
                ? CompletableFuture.completedFuture(pattern(length))
                : room.whenTaken(length).thenApply(_ -> pattern(length));
    }

    /** Bytes each of which tells where it stands. */
    static Buffer pattern(int length) {
        var arrays = new ArrayList<ByteBuf>();
        for (int from = 0; from < length; from += ARRAY_BYTES) {
            var array = new byte[Math.min(ARRAY_BYTES, length - from)];
            for (int i = 0; i < array.length; i++) {
                array[i] = (byte) (((from + i) * 0x9E3779B1) >>> 24);
            }
            arrays.add(Unpooled.wrappedBuffer(array));
        }
        return BufferInternal.buffer(
                Unpooled.wrappedBuffer(arrays.size(), arrays.toArray(ByteBuf[]::new)));
    }

    private static List<Route> routes() {
        return List.of(
                Route.get("/health/live", request -> RouteAnswer.text(200, "live\n")),
                Route.blocking(
                        "GET",
                        "/metrics",
                        request ->
                                RouteAnswer.text(
                                        200,
                                        Thread.currentThread().isVirtual() ? "virtual" : "loop")),
                Route.get(
                        "/cluster/long",
                        request -> new RouteAnswer(200, "text/plain", pattern(LONG_BYTES))),
                Route.blocking(
                        "POST",
                        "/cluster/echo",
                        request -> new RouteAnswer(201, "text/plain", request.body())));
    }

    /** Which deadline a test wants to see strike. */
    enum Deadline {
        HEADER,
        BODY,
        IDLE,
        ANSWER,
        ADMISSION
    }

    /** With one deadline short enough for a test to see it strike. */
    static UnaryOperator<HttpLimits> hasty(Deadline deadline, Duration haste) {
        return limits ->
                new HttpLimits(
                        limits.bodyBytesMax(),
                        limits.headerBytesMax(),
                        limits.inFlightBytesMax(),
                        limits.answerBytesMax(),
                        limits.connectionInFlightBytesMax(),
                        limits.connectionsMax(),
                        limits.streamsMax(),
                        limits.blockingCallsMax(),
                        limits.blockingCallsWaitingMax(),
                        limits.resetsMax(),
                        limits.controlFramesMax(),
                        deadline == Deadline.HEADER ? haste : limits.headerDeadline(),
                        deadline == Deadline.BODY ? haste : limits.bodyDeadline(),
                        deadline == Deadline.IDLE ? haste : limits.idleDeadline(),
                        deadline == Deadline.ANSWER ? haste : limits.answerDeadline(),
                        deadline == Deadline.ADMISSION ? haste : limits.admissionDeadline());
    }

    /** With so little room for answers, and so much patience for those that wait for it. */
    static UnaryOperator<HttpLimits> answers(long answerBytesMax, Duration admissionDeadline) {
        return limits ->
                new HttpLimits(
                        limits.bodyBytesMax(),
                        limits.headerBytesMax(),
                        limits.inFlightBytesMax(),
                        answerBytesMax,
                        limits.connectionInFlightBytesMax(),
                        limits.connectionsMax(),
                        limits.streamsMax(),
                        limits.blockingCallsMax(),
                        limits.blockingCallsWaitingMax(),
                        limits.resetsMax(),
                        limits.controlFramesMax(),
                        limits.headerDeadline(),
                        limits.bodyDeadline(),
                        limits.idleDeadline(),
                        limits.answerDeadline(),
                        admissionDeadline);
    }

    static UnaryOperator<HttpLimits> bounded(
            int bodyBytesMax, long inFlightBytesMax, int connectionsMax) {
        return limits ->
                new HttpLimits(
                        bodyBytesMax,
                        limits.headerBytesMax(),
                        inFlightBytesMax,
                        limits.answerBytesMax(),
                        inFlightBytesMax,
                        connectionsMax,
                        limits.streamsMax(),
                        limits.blockingCallsMax(),
                        limits.blockingCallsWaitingMax(),
                        limits.resetsMax(),
                        limits.controlFramesMax(),
                        limits.headerDeadline(),
                        limits.bodyDeadline(),
                        limits.idleDeadline(),
                        limits.answerDeadline(),
                        limits.admissionDeadline());
    }

    @Override
    public void close() {
        try {
            front.stop(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
