package io.headrace.objects;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * The bytes of some buffers, sent piece by piece: the whole is never copied. Being of one shot
 * keeps OkHttp from sending them again by itself. May be written by one request after the other.
 */
final class BufferBody extends RequestBody {
    static final BufferBody EMPTY = new BufferBody();

    private static final MediaType TYPE = MediaType.get("application/octet-stream");

    /** A sink takes in whole what it is given, so it is given little. */
    private static final int PIECE_BYTES = 64 << 10;

    private final ByteBuffer[] parts;
    private final long length;
    private final String sha256;

    BufferBody(ByteBuffer... content) {
        var digest = newDigest();
        parts = new ByteBuffer[content.length];
        long total = 0;
        for (int i = 0; i < content.length; i++) {
            parts[i] = content[i].slice().asReadOnlyBuffer();
            total += parts[i].remaining();
            digest.update(content[i].duplicate());
        }
        length = total;
        sha256 = HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of the bytes in hex, as the signature wants it. */
    String digest() {
        return sha256;
    }

    @Override
    public MediaType contentType() {
        return TYPE;
    }

    @Override
    public long contentLength() {
        return length;
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        for (var part : parts) {
            for (int from = 0; from < part.limit(); from += PIECE_BYTES) {
                sink.write(part.slice(from, Math.min(PIECE_BYTES, part.limit() - from)));
            }
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
