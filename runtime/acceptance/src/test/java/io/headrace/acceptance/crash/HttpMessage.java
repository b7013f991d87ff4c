package io.headrace.acceptance.crash;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** A request or an answer of HTTP/1.1 as it came, byte by byte: a signature may be over any. */
final class HttpMessage {
    private final byte[] bytes;
    private final String head;

    private HttpMessage(byte[] bytes, String head) {
        this.bytes = bytes;
        this.head = head;
    }

    /** The next request; empty at the end of the connection. */
    static Optional<HttpMessage> request(InputStream in) throws IOException {
        return read(in, false);
    }

    /** The answer to the request; empty at the end of the connection. */
    static Optional<HttpMessage> answer(InputStream in, HttpMessage request) throws IOException {
        return read(in, request.head.startsWith("HEAD "));
    }

    private static Optional<HttpMessage> read(InputStream in, boolean isBodyless)
            throws IOException {
        var all = new ByteArrayOutputStream();
        if (!copyUntil("\r\n\r\n", in, all)) {
            return Optional.empty();
        }
        var message = new HttpMessage(new byte[0], all.toString(StandardCharsets.ISO_8859_1));
        if (!isBodyless && !message.isAlwaysBodyless()) {
            copyBody(message, in, all);
        }
        return Optional.of(new HttpMessage(all.toByteArray(), message.head));
    }

    private static void copyBody(HttpMessage message, InputStream in, ByteArrayOutputStream all)
            throws IOException {
        if (message.header("transfer-encoding").equals("chunked")) {
            for (int length = -1; length != 0; ) {
                var line = new ByteArrayOutputStream();
                if (!copyUntil("\r\n", in, line)) {
                    throw new EOFException("amid chunks");
                }
                line.writeTo(all);
                length = Integer.parseInt(line.toString(StandardCharsets.ISO_8859_1).strip(), 16);
                copy(length + 2, in, all);
            }
            return;
        }
        var length = message.header("content-length");
        if (!length.isEmpty()) {
            copy(Integer.parseInt(length), in, all);
        } else if (message.head.startsWith("HTTP/")) {
            in.transferTo(all);
        }
    }

    private static void copy(int length, InputStream in, ByteArrayOutputStream all)
            throws IOException {
        var part = in.readNBytes(length);
        if (part.length < length) {
            throw new EOFException("amid a body");
        }
        all.write(part);
    }

    /** False if nothing came at all. */
    private static boolean copyUntil(String end, InputStream in, ByteArrayOutputStream all)
            throws IOException {
        int matched = 0;
        while (matched < end.length()) {
            int next = in.read();
            if (next < 0) {
                if (all.size() == 0) {
                    return false;
                }
                throw new EOFException("amid a head");
            }
            all.write(next);
            matched = next == end.charAt(matched) ? matched + 1 : next == end.charAt(0) ? 1 : 0;
        }
        return true;
    }

    private boolean isAlwaysBodyless() {
        return head.startsWith("HTTP/1.1 204") || head.startsWith("HTTP/1.1 304");
    }

    /** Its value in lower case; empty without one. */
    private String header(String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip().toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("");
    }

    byte[] bytes() {
        return bytes;
    }

    /** Whether the connection is closed after it. */
    boolean isLast() {
        return header("connection").equals("close")
                || (head.startsWith("HTTP/")
                        && !isAlwaysBodyless()
                        && header("content-length").isEmpty()
                        && header("transfer-encoding").isEmpty());
    }
}
