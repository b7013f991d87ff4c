package io.headrace.cluster.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headrace.store.ShardKey;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.ShardBounds;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Bytes of a message as it is written; grows where the estimate was low. For one thread. */
final class MessageBuffer {
    private ByteBuffer bytes;

    MessageBuffer(int capacity) {
        bytes = ByteBuffer.allocate(capacity);
    }

    void skip(int count) {
        bytes.position(bytes.position() + count);
    }

    void putByte(int value) {
        room(1).put((byte) value);
    }

    void putInt(int value) {
        room(4).putInt(value);
    }

    void putLong(long value) {
        room(8).putLong(value);
    }

    void putShard(ShardKey shard) {
        room(12).putLong(shard.streamId()).putInt(shard.number());
    }

    void putShards(List<ShardKey> shards) {
        putInt(shards.size());
        shards.forEach(this::putShard);
    }

    void putBounds(ShardBounds bounds) {
        room(28).putLong(bounds.firstIndex())
                .putLong(bounds.nextIndex())
                .putInt(bounds.closed() ? 1 : 0)
                .putLong(bounds.lastArrivalMs());
    }

    void putString(String text) {
        var encoded = text.getBytes(UTF_8);
        room(4 + encoded.length).putInt(encoded.length).put(encoded);
    }

    static String string(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a text of " + length + " bytes");
        }
        var encoded = new byte[length];
        in.get(encoded);
        return new String(encoded, UTF_8);
    }

    void putRecords(RecordBatch batch) {
        batch.copyTo(room(batch.length()));
    }

    void putBytes(ByteBuffer source) {
        room(source.remaining()).put(source);
    }

    /** What was written, in an array of its length. */
    byte[] finished() {
        return bytes.hasRemaining()
                ? Arrays.copyOf(bytes.array(), bytes.position())
                : bytes.array();
    }

    private ByteBuffer room(int count) {
        if (bytes.remaining() < count) {
            long wanted = Math.max(bytes.capacity() * 2L, (long) bytes.position() + count);
            var larger = ByteBuffer.allocate((int) Math.min(Integer.MAX_VALUE - 8L, wanted));
            bytes = larger.put(bytes.flip());
        }
        return bytes;
    }
}
