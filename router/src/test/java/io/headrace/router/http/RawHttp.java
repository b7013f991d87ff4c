package io.headrace.router.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.SocketFactory;

/** An HTTP/1.1 client that sends exactly the bytes it is told to. */
final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket;
    private final InputStream in;

    RawHttp(int port) throws IOException {
        this(port, SocketFactory.getDefault());
    }

    /** Of TLS, if the factory's sockets are. */
    RawHttp(int port, SocketFactory sockets) throws IOException {
        socket = sockets.createSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** An answer; header names in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {
        String requestId() {
            return headers.getOrDefault("x-amzn-requestid", "none");
        }
    }

    RawHttp send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawHttp send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** The head of a POST for an operation, without the empty line at its end. */
    static String post(String operation, String contentType) {
        return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + contentType
                + "\r\nX-Amz-Target: "
                + TestFront.TARGET
                + operation
                + "\r\n";
    }

    RawHttp sendPost(String operation, String body) throws IOException {
        return send(
                post(operation, TestFront.JSON)
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    Answer answer() throws IOException {
        return answer(true);
    }

    Answer headAnswer() throws IOException {
        return answer(false);
    }

    private Answer answer(boolean hasBody) throws IOException {
        var statusLine = line();
        if (!statusLine.startsWith("HTTP/1.1 ")) {
            throw new IOException("no answer: " + statusLine);
        }
        var headers = new TreeMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var body = hasBody ? in.readNBytes(length) : new byte[0];
        return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    byte[] read(int length) throws IOException {
        return in.readNBytes(length);
    }

    /** Blocks until the server has closed, dropping what it sent before; a reset counts too. */
    boolean closedByServer() {
        try {
            in.readAllBytes();
            return true;
        } catch (IOException e) {
            return e.getMessage() != null && e.getMessage().contains("reset");
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("closed after: " + line);
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    boolean nothingCame() throws IOException {
        return in.available() == 0;
    }

    /** Goes on with HTTP/2, after an upgrade. */
    RawHttp2 upgraded() throws IOException {
        return new RawHttp2(socket, in);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
