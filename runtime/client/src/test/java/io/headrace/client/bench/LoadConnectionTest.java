package io.headrace.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoadConnectionTest {
    private static final String REQUEST = "POST / HTTP/1.1\r\n\r\nbody";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private ServerSocket server = unbound();

    private static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        threads.close();
    }

    /** Answers each request of one connection with the next answer, piece by piece, then closes. */
    private Future<String> answer(List<List<String>> answers) {
        return threads.submit(() -> {
            var requests = new StringBuilder();
            try (var socket = server.accept()) {
                for (var pieces : answers) {
                    var request = socket.getInputStream().readNBytes(REQUEST.length());
                    requests.append(new String(request, StandardCharsets.ISO_8859_1));
                    for (var piece : pieces) {
                        socket.getOutputStream().write(piece.getBytes(StandardCharsets.ISO_8859_1));
                        socket.getOutputStream().flush();
                    }
                }
            }
            return requests.toString();
        });
    }

    private LoadConnection connect() throws IOException {
        return new LoadConnection(URI.create("http://127.0.0.1:" + server.getLocalPort()));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static int exchange(LoadConnection connection) throws IOException {
        return connection.exchange(bytes("POST / HTTP/1.1\r\n\r\n"), bytes("body"));
    }

    @Test
    void bodiesOfAKnownLength() throws Exception {
        var big = "x".repeat(1 << 20);
        var requests =
                answer(
                        List.of(
                                List.of(
                                        "HTTP/1.1 200 OK\r\nContent-",
                                        "Length: 5\r\n\r",
                                        "\nhel",
                                        "lo"),
                                List.of(
                                        "HTTP/1.1 400 Bad\r\ncontent-length:"
                                                + big.length()
                                                + "\r\nx: y\r\n\r\n",
                                        big)));
        try (var connection = connect()) {
            assertThat(exchange(connection)).isEqualTo(200);
            assertThat(connection.bodyText()).isEqualTo("hello");
            assertThat(exchange(connection)).isEqualTo(400);
            assertThat(connection.bodyEnd() - connection.bodyStart()).isEqualTo(big.length());
        }
        assertThat(requests.get()).isEqualTo(REQUEST + REQUEST);
    }

    @Test
    void bodiesInChunks() throws Exception {
        var requests =
                answer(
                        List.of(
                                List.of(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r",
                                        "\nhel",
                                        "lo\r\n6;x=y\r\n world\r",
                                        "\n0\r\n\r\n"),
                                List.of("HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n")));
        try (var connection = connect()) {
            assertThat(exchange(connection)).isEqualTo(200);
            assertThat(connection.bodyText()).isEqualTo("hello world");
            assertThat(exchange(connection)).isEqualTo(204);
        }
        assertThat(requests.get()).isNotEmpty();
    }

    @Test
    void anAnswerThatBreaksOff() throws Exception {
        var requests = answer(List.of(List.of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")));
        try (var connection = connect()) {
            assertThatThrownBy(() -> exchange(connection)).isInstanceOf(EOFException.class);
        }
        assertThat(requests.get()).isEqualTo(REQUEST);
    }
}
