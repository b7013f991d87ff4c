package io.headrace.router.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.OutputStream;

/** Collects an answer's bytes on the heap, without a copy at the end. For one thread. */
final class BufferStream extends OutputStream {
    private final ByteBuf bytes;

    BufferStream(int expectedBytes) {
        this(Unpooled.buffer(expectedBytes));
    }

    /** Appends to what is there. */
    BufferStream(ByteBuf bytes) {
        this.bytes = bytes;
    }

    @Override
    public void write(int value) {
        bytes.writeByte(value);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        bytes.writeBytes(source, offset, length);
    }

    /** What was written; ends the use of this stream. */
    Buffer buffer() {
        return BufferInternal.buffer(bytes);
    }
}
