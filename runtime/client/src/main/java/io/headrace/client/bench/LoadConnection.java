package io.headrace.client.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One HTTP/1.1 connection that does nothing but send prepared bytes and find where the answer ends.
 * One thread; the answer's body is valid until the next exchange.
 */
public final class LoadConnection implements AutoCloseable {
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private final SocketChannel channel;
    private byte[] buffer;
    private int filled;
    private int bodyStart;
    private int bodyLength;

    /** Connects to a plain endpoint. */
    public LoadConnection(URI endpoint) throws IOException {
        this(endpoint, 1 << 18);
    }

    /**
     * Connects to a plain endpoint.
     *
     * @param bufferBytes for answers to begin with; grows with them
     */
    public LoadConnection(URI endpoint, int bufferBytes) throws IOException {
        buffer = new byte[bufferBytes];
        channel = SocketChannel.open(new InetSocketAddress(endpoint.getHost(), port(endpoint)));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Socket socket = channel.socket();
        socket.setKeepAlive(true);
    }

    static int port(URI endpoint) {
        if (!"http".equals(endpoint.getScheme())) {
            throw new IllegalArgumentException("the load generator speaks plain http only");
        }
        return endpoint.getPort() < 0 ? 80 : endpoint.getPort();
    }

    /** Sends a request and waits for the whole answer. Returns its status. */
    public int exchange(ByteBuffer head, ByteBuffer body) throws IOException {
        var request = new ByteBuffer[] {head, body};
        while (body.hasRemaining() || head.hasRemaining()) {
            channel.write(request);
        }
        filled = 0;
        int headEnd = -1;
        while (headEnd < 0) {
            int searched = Math.max(0, filled - HEAD_END.length);
            fill();
            headEnd = indexOfHeadEnd(searched);
        }
        var text = new String(buffer, 0, headEnd, StandardCharsets.ISO_8859_1);
        int status = Integer.parseInt(text.substring(9, 12));
        bodyStart = headEnd + HEAD_END.length;
        readBody(text.toLowerCase(Locale.ROOT));
        return status;
    }

    private void readBody(String head) throws IOException {
        int at = head.indexOf("\r\ncontent-length:");
        if (at < 0) {
            if (!head.contains("\r\ntransfer-encoding: chunked")) {
                throw new IOException("an answer of unknown length: " + head);
            }
            readChunks();
            return;
        }
        int from = at + "\r\ncontent-length:".length();
        int to = head.indexOf('\r', from);
        bodyLength = Integer.parseInt(head.substring(from, to < 0 ? head.length() : to).strip());
        while (filled < bodyStart + bodyLength) {
            fill();
        }
    }

    /** Joins the chunks in place, so that the body is one piece. */
    private void readChunks() throws IOException {
        int in = bodyStart;
        int out = bodyStart;
        while (true) {
            int lineEnd = lineEnd(in);
            var size = new String(buffer, in, lineEnd - in, StandardCharsets.ISO_8859_1);
            int length = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
            in = lineEnd + 2;
            while (filled < in + length + 2) {
                fill();
            }
            if (length == 0) {
                bodyLength = out - bodyStart;
                return;
            }
            System.arraycopy(buffer, in, buffer, out, length);
            out += length;
            in += length + 2;
        }
    }

    private int lineEnd(int from) throws IOException {
        int at = from;
        while (true) {
            for (; at + 1 < filled; at++) {
                if (buffer[at] == '\r' && buffer[at + 1] == '\n') {
                    return at;
                }
            }
            fill();
        }
    }

    private void fill() throws IOException {
        if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int read = channel.read(ByteBuffer.wrap(buffer, filled, buffer.length - filled));
        if (read < 0) {
            throw new EOFException("the endpoint closed the connection");
        }
        filled += read;
    }

    private int indexOfHeadEnd(int from) {
        for (int i = from; i + HEAD_END.length <= filled; i++) {
            if (buffer[i] == '\r'
                    && Arrays.equals(
                            buffer, i, i + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
                return i;
            }
        }
        return -1;
    }

    /** Holds the last answer's body from {@link #bodyStart} to {@link #bodyEnd}. */
    public byte[] bodyBuffer() {
        return buffer;
    }

    public int bodyStart() {
        return bodyStart;
    }

    public int bodyEnd() {
        return bodyStart + bodyLength;
    }

    /** The beginning of the last answer's body, for a message. */
    public String bodyText() {
        return new String(buffer, bodyStart, Math.min(bodyLength, 500), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
