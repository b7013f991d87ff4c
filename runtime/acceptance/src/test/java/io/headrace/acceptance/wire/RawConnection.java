package io.headrace.acceptance.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A socket that sends whatever it is told to, and wants an answer or the end within the time. For
 * one thread.
 */
final class RawConnection implements AutoCloseable {
    static final int CLOSED = 0;
    static final int ANSWER_MS_MAX = 10_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    RawConnection(URI endpoint) throws IOException {
        socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), 10_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_MS_MAX);
        in = new BufferedInputStream(socket.getInputStream());
    }

    void send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            // The node may close before it has read all; then the end is what is read next.
            if (socket.isClosed()) {
                throw e;
            }
        }
    }

    void sendsNoMore() throws IOException {
        try {
            socket.shutdownOutput();
        } catch (SocketException e) {
            // As above.
            if (socket.isClosed()) {
                throw e;
            }
        }
    }

    /**
     * The next answer's status, its body dropped; {@link #CLOSED} if the node closed.
     *
     * @throws AssertionError if neither comes in time
     */
    int status() throws IOException {
        try {
            var head = head();
            if (head.isEmpty()) {
                return CLOSED;
            }
            int status = Integer.parseInt(head.substring(9, 12));
            var length = header(head, "content-length");
            if (length.isEmpty()) {
                // An event stream, which has no end that one would wait for.
                socket.close();
            } else {
                in.skipNBytes(Long.parseLong(length));
            }
            return status;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither answered nor closed in " + ANSWER_MS_MAX + " ms", e);
        } catch (SocketException e) {
            return CLOSED;
        }
    }

    /** Reads until the node closes. */
    void awaitEnd() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (SocketTimeoutException e) {
            throw new AssertionError("not closed in " + ANSWER_MS_MAX + " ms", e);
        } catch (SocketException e) {
            socket.close();
        }
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    private String head() throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                socket.close();
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static String header(String head, String name) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    static byte[] request(String head, byte[] body) {
        var bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        var whole = new byte[bytes.length + body.length];
        System.arraycopy(bytes, 0, whole, 0, bytes.length);
        System.arraycopy(body, 0, whole, bytes.length, body.length);
        return whole;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
