package io.headrace.client.bench;

import java.nio.ByteBuffer;

/**
 * A request that is sent many times: encoded once, and signed again only when its signature gets
 * old. One thread.
 */
final class PreparedRequest {
    /** Endpoints take a signature for five minutes. */
    private static final long SIGNATURE_NANOS_MAX = 120_000_000_000L;

    private final RequestSigner signer;
    private final Wire wire;
    private final String operation;
    private final byte[] plainBody;
    private final ByteBuffer body;
    private ByteBuffer head = ByteBuffer.allocate(0);
    private long signedNanos;

    PreparedRequest(RequestSigner signer, Wire wire, String operation, byte[] body) {
        this.signer = signer;
        this.wire = wire;
        this.operation = operation;
        this.plainBody = body;
        // Direct buffers go to the socket without a copy in between.
        this.body = ByteBuffer.allocateDirect(body.length).put(body).flip();
    }

    ByteBuffer head(long nowNanos) {
        if (head.capacity() == 0 || nowNanos - signedNanos > SIGNATURE_NANOS_MAX) {
            head = direct(signer.head(wire, operation, plainBody));
            signedNanos = nowNanos;
        }
        return head.rewind();
    }

    ByteBuffer body() {
        return body.rewind();
    }

    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
