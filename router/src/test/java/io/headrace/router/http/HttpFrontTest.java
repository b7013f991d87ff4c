package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees over HTTP/1.1, byte for byte where AWS is exact. */
final class HttpFrontTest {
    private static final String DENIED =
            """
            <AccessDeniedException>
              <Message>Unable to determine service/operation name to be authorized</Message>
            </AccessDeniedException>
            """;

    private static TestFront front;

    @BeforeAll
    static void start() throws Exception {
        front = TestFront.start();
    }

    @AfterAll
    static void stop() {
        front.close();
    }

    @Test
    void answersWithTheBodyAndTheHeadersOfAws() throws Exception {
        try (var client = new RawHttp(front.port())) {
            var answer = client.sendPost("PutRecords", "{\"a\":1}").answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"a\":1}");
            assertThat(answer.headers())
                    .containsEntry("content-type", TestFront.JSON)
                    .containsEntry("content-length", "7")
                    .doesNotContainKeys("connection", "transfer-encoding");
            assertThat(answer.requestId())
                    .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
            assertThat(Base64.getDecoder().decode(answer.headers().get("x-amz-id-2"))).hasSize(72);
            assertThat(answer.headers().get("date"))
                    .matches("\\w{3}, \\d{2} \\w{3} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT");
            var logged = front.logged(answer.requestId());
            assertThat(logged.operation()).isEqualTo("PutRecords");
            assertThat(logged.status()).isEqualTo(200);
            assertThat(logged.bytesIn()).isEqualTo(7);
            assertThat(logged.bytesOut()).isEqualTo(7);
            assertThat(logged.protocol()).isEqualTo("HTTP/1.1");
            assertThat(logged.caller()).isNotNull();
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (var client = new RawHttp(front.port())) {
            var all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                var operation = i % 3 == 0 ? "ListStreams" : "PutRecords";
                var body = "{\"Limit\":" + (i + 1) + "}";
                all.append(RawHttp.post(operation, TestFront.JSON))
                        .append("Content-Length: " + body.length() + "\r\n\r\n" + body);
            }
            client.send(all.toString());
            for (int i = 0; i < 50; i++) {
                var expected =
                        i % 3 == 0
                                ? "{\"StreamNames\":[\"ingest\",\"000000000000\"],"
                                        + "\"HasMoreStreams\":false}"
                                : "{\"Limit\":" + (i + 1) + "}";
                assertThat(client.answer().body()).isEqualTo(expected);
            }
        }
    }

    @Test
    void readsChunkedBodies() throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(
                    RawHttp.post("PutRecords", TestFront.JSON)
                            + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("abcdefg");
            assertThat(client.sendPost("PutRecords", "again").answer().body()).isEqualTo("again");
        }
    }

    @Test
    void tellsAnExpectingClientToContinue() throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(
                    RawHttp.post("PutRecords", TestFront.JSON)
                            + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(100);
            assertThat(client.send("ok").answer().body()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void anythingButPostIsDenied(String method) throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(
                    method
                            + " / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                            + "X-Amz-Target: Kinesis_20131202.ListStreams\r\n"
                            + "Content-Length: 2\r\n\r\n{}");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo(DENIED);
            // The connection goes on.
            assertThat(client.sendPost("PutRecords", "x").answer().body()).isEqualTo("x");
        }
    }

    @Test
    void headIsDeniedWithoutABody() throws Exception {
        try (var client = new RawHttp(front.port())) {
            var answer = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").headAnswer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.headers()).containsEntry("content-length", "" + DENIED.length());
            assertThat(client.sendPost("PutRecords", "x").answer().body()).isEqualTo("x");
        }
    }

    @Test
    void aPostWithoutATargetIsDenied() throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-amz-json-1.1\r\n"
                            + "Content-Length: 2\r\n\r\n{}");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo(DENIED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ListStreams, application/json, 404, <UnknownOperationException/>\n",
        "ListStreams, text/plain, 404, <UnknownOperationException/>\n",
        "NoSuch, application/x-amz-json-1.1, 400, '{\"__type\":\"UnknownOperationException\"}'",
    })
    void unknownOperations(String operation, String contentType, int status, String body)
            throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(RawHttp.post(operation, contentType) + "Content-Length: 2\r\n\r\n{}");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body().strip()).isEqualTo(body.strip());
            assertThat(client.sendPost("PutRecords", "x").answer().body()).isEqualTo("x");
        }
    }

    @Test
    void cborErrorsAreCbor() throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(RawHttp.post("NoSuch", TestFront.CBOR) + "Content-Length: 1\r\n\r\n\u00a0");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.headers()).containsEntry("content-type", TestFront.CBOR);
            assertThat(answer.body())
                    .contains("__type", "UnknownOperationException")
                    .doesNotContain("{");
        }
    }

    @Test
    void aBugIsAnInternalFailureThatLeaksNothing() throws Exception {
        try (var client = new RawHttp(front.port())) {
            var answer = client.sendPost("GetRecords", "{}").answer();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body())
                    .contains("\"__type\":\"InternalFailureException\"")
                    .contains(answer.requestId())
                    .doesNotContain("a bug");
            assertThat(front.logged(answer.requestId()).errorType())
                    .isEqualTo("InternalFailureException");
        }
    }

    @Test
    void brokenJsonIsASerializationException() throws Exception {
        try (var client = new RawHttp(front.port())) {
            var answer = client.sendPost("ListStreams", "{").answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("\"__type\":\"SerializationException\"");
        }
    }

    private static String preflight(String origin, String headers, String method) {
        return String.join(
                "\r\n",
                "OPTIONS / HTTP/1.1",
                "Host: a",
                "Origin: " + origin,
                "Access-Control-Request-Headers: " + headers,
                "Access-Control-Request-Method: " + method,
                "",
                "");
    }

    @Test
    void preflightAndCors() throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.send(preflight("http://b", "a, b", "POST"));
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers())
                    .containsAllEntriesOf(
                            Map.of(
                                    "access-control-allow-origin", "*",
                                    "access-control-allow-headers", "a, b",
                                    "access-control-allow-methods", "POST",
                                    "access-control-max-age", "172800",
                                    "content-length", "0"))
                    .doesNotContainKey("x-amz-id-2");
            client.send(
                    RawHttp.post("PutRecords", TestFront.JSON)
                            + "Origin: http://b\r\nContent-Length: 1\r\n\r\n1");
            assertThat(client.answer().headers())
                    .containsEntry("access-control-allow-origin", "*")
                    .containsEntry(
                            "access-control-expose-headers",
                            "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,"
                                    + "x-amzn-ErrorMessage,Date");
        }
    }

    @Test
    void plainRoutes() throws Exception {
        try (var client = new RawHttp(front.port())) {
            var live = client.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n").answer();
            assertThat(live.status()).isEqualTo(200);
            assertThat(live.body()).isEqualTo("live\n");
            var head = client.send("HEAD /health/live HTTP/1.1\r\nHost: a\r\n\r\n").headAnswer();
            assertThat(head.headers()).containsEntry("content-length", "5");
            var metrics = client.send("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\r\n").answer();
            assertThat(metrics.body()).isEqualTo("virtual");
            client.send("POST /cluster/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(client.answer().body()).isEqualTo("hi");
            client.send("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            var notAllowed = client.answer();
            assertThat(notAllowed.status()).isEqualTo(405);
            assertThat(notAllowed.headers()).containsEntry("allow", "GET, HEAD");
            // AWS does not look at the path of a request that names its target.
            client.send(
                    RawHttp.post("PutRecords", TestFront.JSON).replace("POST / ", "POST /metrics ")
                            + "Content-Length: 1\r\n\r\n1");
            assertThat(client.answer().body()).isEqualTo("1");
        }
    }

    @Test
    void aNodeGoneBusyAnswersWhenItsCallsAreDone() throws Exception {
        try (var client = new RawHttp(front.port())) {
            client.sendPost("PutRecord", "{}");
            TestFront.taken(front.pending).complete(Buffer.buffer("{\"late\":true}"));
            assertThat(client.answer().body()).isEqualTo("{\"late\":true}");
        }
    }
}
