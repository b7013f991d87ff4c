package io.headrace.node.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Origin;
import io.headrace.router.http.RequestLog;
import io.headrace.router.wire.Operation;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.RequestContext;
import io.headrace.router.wire.ServiceConstraints;
import io.headrace.router.wire.WireFormat;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.model.CreateStreamRequest;
import software.amazon.awssdk.services.kinesis.model.CreateStreamResponse;

class RequestNotesTest {
    private static final Caller ROOT = Caller.root("000000000000");

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final LogWriter writer = LogWriter.stepped(2);
    private final Logger logger = new LoggerContext().getLogger("test");
    private final AuditTrail audit = new AuditTrail(writer, logger);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @Test
    void auditNamesWhoDidWhatToWhichResource() throws Exception {
        var table =
                OperationTable.builder()
                        .service("Kinesis_20131202", ServiceConstraints.kinesis())
                        .model(
                                "CreateStream",
                                CreateStreamRequest::builder,
                                (request, context) -> CreateStreamResponse.builder().build())
                        .and()
                        .build()
                        .map(audit::watch);
        var operation = table.find("Kinesis_20131202.CreateStream").orElseThrow();
        assertThat(operation).isInstanceOf(Operation.Model.class);
        ((Operation.Model<?, ?>) operation)
                .answer(
                        "{\"StreamName\":\"clicks\",\"ShardCount\":1}".getBytes(UTF_8),
                        new RequestContext(
                                "r1",
                                "CreateStream",
                                ROOT,
                                WireFormat.JSON,
                                new Origin("127.0.0.1", false, null, null)));

        audit.finished(request("r1", "CreateStream", 200, null, 5));
        writer.step();

        assertThat(pairs())
                .containsExactly(
                        Map.of(
                                "requestId", "r1",
                                "operation", "CreateStream",
                                "resource", "clicks",
                                "principal", "arn:aws:iam::000000000000:root",
                                "from", "10.0.0.1:99",
                                "status", 200,
                                "error", ""));
    }

    @Test
    void auditLeavesOutDataAndPlainRoutesButNotRefusals() {
        audit.finished(request("r1", "PutRecords", 200, null, 5));
        audit.finished(request("r2", "PutRecords", 400, "ResourceNotFoundException", 5));
        audit.finished(request("r3", "/metrics", 200, null, 5));
        audit.finished(request("r4", "-", 404, "UnknownOperationException", 5));
        audit.finished(request("r5", "PutRecords", 400, "AccessDeniedException", 5));
        writer.step();

        assertThat(pairs()).extracting(line -> line.get("requestId")).containsExactly("r5");
    }

    @Test
    void slowRequestsAreThoseOverTheBoundButNotSubscriptions() {
        var slow = new SlowRequests(writer, Duration.ofMillis(100), logger);

        slow.finished(request("r1", "PutRecord", 200, null, 100));
        slow.finished(request("r2", "PutRecord", 200, null, 101));
        slow.finished(request("r3", "SubscribeToShard", 200, null, 300_000));
        writer.step();

        assertThat(pairs()).extracting(line -> line.get("requestId")).containsExactly("r2");
    }

    @Test
    void aFullWriterLosesLinesWithoutBlocking() {
        for (int i = 0; i < 5; i++) {
            audit.finished(request("r" + i, "ListStreams", 200, null, 5));
        }
        writer.step();
        assertThat(pairs()).extracting(line -> line.get("requestId")).containsExactly("r0", "r1");

        audit.finished(request("r9", "ListStreams", 200, null, 5));
        writer.step();
        assertThat(lines.list).hasSize(3);
    }

    @Test
    void aClosedWriterHasWrittenEverything() {
        var running = LogWriter.start();
        var trail = new AuditTrail(running, logger);
        for (int i = 0; i < 100; i++) {
            trail.finished(request("r" + i, "ListStreams", 200, null, 5));
        }
        running.close();

        assertThat(lines.list).hasSize(100);
    }

    @Test
    void metersTellOperationsOutcomesAndBytesApart() {
        var registry = new SimpleMeterRegistry();
        var meters = new RequestMeters(registry);

        meters.finished(request("r1", "PutRecord", 200, null, 4));
        meters.finished(request("r2", "PutRecord", 200, null, 6));
        meters.finished(request("r3", "PutRecord", 400, "ValidationException", 1));

        var ok = registry.get("headrace.requests").tags("operation", "PutRecord", "status", "200");
        assertThat(ok.timer().count()).isEqualTo(2);
        assertThat(ok.timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(10);
        assertThat(
                        registry.get("headrace.requests")
                                .tags("status", "400", "error", "ValidationException")
                                .timer()
                                .count())
                .isEqualTo(1);
        assertThat(
                        registry.get("headrace.request.bytes")
                                .tag("operation", "PutRecord")
                                .counter()
                                .count())
                .isEqualTo(30);
    }

    private List<Map<String, Object>> pairs() {
        return lines.list.stream()
                .map(line -> {
                    var pairs = new TreeMap<String, Object>();
                    line.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, pair.value));
                    return (Map<String, Object>) pairs;
                })
                .toList();
    }

    private static RequestLog.Finished request(
            String id, String operation, int status, @Nullable String error, long ms) {
        return new RequestLog.Finished(
                id,
                operation,
                status,
                WireFormat.JSON,
                10,
                20,
                TimeUnit.MILLISECONDS.toNanos(ms),
                ROOT,
                error,
                "10.0.0.1:99",
                "HTTP/1.1");
    }
}
