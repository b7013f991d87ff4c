package io.headrace.router.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** An HTTP/2 client that sends exactly the frames it is told to, with prior knowledge. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PRIORITY = 0x20;
    private static final int PRIORITY_BYTES = 5;
    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersEncoder encoder =
            new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE);
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
    private Http2Headers lastHeaders = new DefaultHttp2Headers();

    /** A frame as it came. */
    record Frame(int type, int flags, int stream, Buffer payload) {
        boolean endsStream() {
            return (flags & END_STREAM) != 0 && (type == DATA || type == HEADERS);
        }

        /** Of a GOAWAY or RST_STREAM. */
        long errorCode() {
            return payload.getUnsignedInt(type == GOAWAY ? 4 : 0);
        }
    }

    RawHttp2(int port) throws IOException {
        this(connected(port));
    }

    private RawHttp2(Socket socket) throws IOException {
        this(socket, new BufferedInputStream(socket.getInputStream()));
    }

    /** Goes on with HTTP/2 on a connection that was upgraded. */
    RawHttp2(Socket socket, InputStream upgraded) throws IOException {
        this.socket = socket;
        in = new DataInputStream(upgraded);
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    private static Socket connected(int port) throws IOException {
        var socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    RawHttp2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
        return this;
    }

    /** Opens a stream with a POST for an operation. */
    RawHttp2 post(int stream, String operation, int contentLength)
            throws IOException, Http2Exception {
        var headers =
                new DefaultHttp2Headers()
                        .method("POST")
                        .path("/")
                        .scheme("http")
                        .authority("localhost")
                        .add("content-type", TestFront.JSON)
                        .add("x-amz-target", TestFront.TARGET + operation)
                        .add("content-length", Integer.toString(contentLength));
        var block = Unpooled.buffer();
        encoder.encodeHeaders(stream, headers, block);
        var bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        int flags = END_HEADERS | (contentLength == 0 ? END_STREAM : 0);
        return frame(HEADERS, flags, stream, bytes);
    }

    RawHttp2 data(int stream, boolean end, byte[] payload) throws IOException {
        return frame(DATA, end ? END_STREAM : 0, stream, payload);
    }

    RawHttp2 reset(int stream) throws IOException {
        return frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    RawHttp2 ping() throws IOException {
        return frame(PING, 0, 0, new byte[8]);
    }

    Frame next() throws IOException {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        var payload = new byte[length];
        in.readFully(payload);
        var frame = new Frame(type, flags, stream, Buffer.buffer(payload));
        if (type == HEADERS) {
            decode(frame);
        }
        return frame;
    }

    /** The next frame of a type; those of others are dropped. */
    Frame next(int type) throws IOException {
        var frame = next();
        while (frame.type() != type) {
            frame = next();
        }
        return frame;
    }

    /** The next answer's head. */
    Http2Headers nextHeaders() throws IOException {
        next(HEADERS);
        return lastHeaders;
    }

    /** Every head must be decoded, in order: they share their compression's state. */
    private void decode(Frame head) throws IOException {
        int skipped = (head.flags() & PRIORITY) == 0 ? 0 : PRIORITY_BYTES;
        var block = head.payload().getBytes(skipped, head.payload().length());
        try {
            lastHeaders = decoder.decodeHeaders(head.stream(), Unpooled.wrappedBuffer(block));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Blocks until the server has closed, dropping what it sent before. */
    boolean closedByServer() {
        try {
            while (true) {
                next();
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
