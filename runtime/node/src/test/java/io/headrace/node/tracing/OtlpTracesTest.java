package io.headrace.node.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a collector of our own, which only keeps what it is sent. */
class OtlpTracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private final CopyOnWriteArrayList<String> bodies = new CopyOnWriteArrayList<>();
    private HttpServer collector;

    @BeforeEach
    void startCollector() throws Exception {
        collector =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext(
                "/v1/traces",
                exchange -> {
                    try (exchange) {
                        // ISO-8859-1 keeps every byte, so that ids can be looked for.
                        bodies.add(
                                new String(
                                        exchange.getRequestBody().readAllBytes(),
                                        StandardCharsets.ISO_8859_1));
                        exchange.sendResponseHeaders(200, -1);
                    }
                });
        collector.start();
    }

    @AfterEach
    void stopCollector() {
        collector.stop(0);
    }

    @Test
    void aSpanGoesToTheCollectorUnderTheCallersTrace() {
        try (var traces = OtlpTraces.to(endpoint(), 0)) {
            traces.begin("PutRecord", "00-" + TRACE + "-b7ad6b7169203331-01", "Root=1-x")
                    .end(503, "InternalFailure");
        }

        assertThat(bodies).hasSize(1);
        assertThat(bodies.getFirst())
                .contains(
                        new String(HexFormat.of().parseHex(TRACE), StandardCharsets.ISO_8859_1),
                        "PutRecord",
                        "InternalFailure",
                        "Root=1-x",
                        "headrace");
    }

    @Test
    void whatTheCallerOrTheSampleLeavesOutIsNotSent() {
        try (var traces = OtlpTraces.to(endpoint(), 0)) {
            traces.begin("PutRecord", null, null).end(200, null);
        }
        try (var traces = OtlpTraces.to(endpoint(), 1)) {
            traces.begin("PutRecord", "00-" + TRACE + "-b7ad6b7169203331-00", null).end(200, null);
        }
        assertThat(bodies).isEmpty();

        try (var traces = OtlpTraces.to(endpoint(), 1)) {
            traces.begin("PutRecord", "not a traceparent", null).end(200, null);
        }
        assertThat(bodies).hasSize(1);
    }

    @Test
    void aCollectorThatIsGoneDisturbsNobody() {
        var gone = endpoint();
        collector.stop(0);
        try (var traces = OtlpTraces.to(gone, 1)) {
            traces.begin("PutRecord", null, null).end(200, null);
        }
        assertThat(bodies).isEmpty();
    }

    private String endpoint() {
        return "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
    }
}
