package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.auth.AnonymousAuthenticator;
import io.headrace.router.http.HttpFront;
import io.headrace.router.http.HttpLimits;
import io.headrace.router.http.HttpServices;
import io.headrace.router.http.HttpSettings;
import io.headrace.router.http.RequestTraces;
import io.headrace.router.http.RouteTable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Many readers far behind that ask for all they can get and then do not read it: what the node
 * holds for them is bounded, and others are served.
 */
final class SlowReadersTest {
    private static final int READERS = 64;
    private static final int RECORDS = 10;
    private static final long ANSWER_BYTES_MAX = 48L << 20;
    private static final Duration PATIENT = Duration.ofSeconds(60);

    private final DataPlane plane =
            DataPlane.create().stream("s", 1).stream("tip", 1).stream("new", 1);
    private HttpFront front;

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < RECORDS; i++) {
            plane.put("s", "key", Integer.toString(i).repeat(1_000_000));
        }
        plane.put("tip", "key", "y".repeat(150_000));
        // One event loop, on which all reads are: the shards in memory are for one thread.
        front =
                HttpFront.start(
                        new HttpSettings("127.0.0.1", 0, Optional.empty(), 1, false, limits()),
                        new HttpServices(
                                plane.table(),
                                new AnonymousAuthenticator(DataPlane.ACCOUNT),
                                new RouteTable(List.of()),
                                _ -> {},
                                RequestTraces.NONE,
                                plane.clock,
                                System::nanoTime,
                                new SplittableRandom(1)));
    }

    @AfterEach
    void stop() throws InterruptedException {
        front.stop(Duration.ofSeconds(1));
    }

    private static HttpLimits limits() {
        var usual = HttpLimits.forHeap(512L << 20);
        return new HttpLimits(
                usual.bodyBytesMax(),
                usual.headerBytesMax(),
                usual.inFlightBytesMax(),
                ANSWER_BYTES_MAX,
                usual.connectionInFlightBytesMax(),
                usual.connectionsMax(),
                usual.streamsMax(),
                usual.blockingCallsMax(),
                usual.blockingCallsWaitingMax(),
                usual.resetsMax(),
                usual.controlFramesMax(),
                usual.headerDeadline(),
                usual.bodyDeadline(),
                usual.idleDeadline(),
                PATIENT,
                PATIENT);
    }

    @Test
    void holdLittleHinderNobodyAndGetAllInTheEnd() throws Exception {
        var behind = plane.iterator("s", 0, "'TRIM_HORIZON'");
        var tip = plane.iterator("tip", 0, "'TRIM_HORIZON'");
        var expected = plane.begin("GetRecords", getRecords(behind)).get().length();
        var readers = new ArrayList<Client>();
        for (int i = 0; i < READERS; i++) {
            readers.add(new Client(front.port()).send("GetRecords", getRecords(behind)));
        }
        // Three have room for what they asked, and the others wait.
        while (front.load().requestsWaiting() < READERS - 3) {
            assertBounded();
        }
        try (var other = new Client(front.port())) {
            for (int i = 0; i < 20; i++) {
                assertThat(other.send("GetRecords", getRecords(tip)).answer())
                        .isGreaterThan(200_000);
                assertThat(other.send("PutRecord", put("x".repeat(1_000_000)))).isNotNull();
                assertThat(other.answer()).isPositive();
                assertThat(other.send("ListStreams", "{}").answer()).isPositive();
                assertBounded();
            }
        }
        assertThat(front.load().requestsWaiting()).isEqualTo(READERS - 3);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = readers.stream().map(reader -> threads.submit(reader::answer)).toList();
            while (front.load().requestsWaiting() > 0) {
                assertBounded();
            }
            for (var answer : answers) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        }
        for (var reader : readers) {
            reader.close();
        }
        while (front.load().inFlightBytes() > 0) {
            Thread.onSpinWait();
        }
    }

    private void assertBounded() {
        // Beside the answers there are only the heads of those who wait, and a put.
        long others = READERS * 8192L + (8 << 20);
        assertThat(front.load().inFlightBytes()).isLessThan(ANSWER_BYTES_MAX + others);
        LockSupport.parkNanos(1_000_000);
    }

    private static String getRecords(String iterator) {
        return "{'ShardIterator':'" + iterator + "'}";
    }

    private static String put(String data) {
        return "{'StreamName':'new','PartitionKey':'key','Data':'%s'}"
                .formatted(DataPlane.base64(data));
    }

    /** Reads only when told to. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            in = new BufferedInputStream(socket.getInputStream());
        }

        Client send(String operation, String body) throws IOException {
            var json = body.replace('\'', '"');
            var request =
                    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1"
                            + "\r\nX-Amz-Target: Kinesis_20131202."
                            + operation
                            + "\r\nContent-Length: "
                            + json.length()
                            + "\r\n\r\n"
                            + json;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        /** The length of a good answer's body. */
        int answer() throws IOException {
            assertThat(line()).isEqualTo("HTTP/1.1 200 OK");
            int length = 0;
            for (var line = line(); !line.isEmpty(); line = line()) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            in.skipNBytes(length);
            return length;
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("closed after: " + line);
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
