package io.headrace.store.record;

import io.headrace.store.ShardKey;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Builds one block: add batches, then seal. The buffer becomes the block, so a builder is for one
 * block and one thread.
 */
public final class BlockBuilder {
    private static final byte[] NO_NONCE = new byte[12];

    private final ByteBuffer bytes;
    private int count;

    /** Room for exactly {@code bodyBytes} of records. */
    public BlockBuilder(int bodyBytes) {
        bytes = ByteBuffer.allocate(Math.addExact(Block.HEADER_BYTES, bodyBytes));
        bytes.position(Block.HEADER_BYTES);
    }

    /** Appends the records of a batch. */
    public void add(RecordBatch batch) {
        batch.copyTo(bytes);
        count += batch.count();
    }

    /** Seals a plain block around the batches added. */
    public Block seal(ShardKey shard, long epoch, long firstIndex, long arrivalMs) {
        return seal(bytes, shard, count, epoch, firstIndex, arrivalMs, Block.CODEC_PLAIN, 0);
    }

    /**
     * Makes a batch a plain block where it lies, without copying it. The batch must not become
     * another block after that.
     */
    public static Block sealAlone(
            RecordBatch batch, ShardKey shard, long epoch, long firstIndex, long arrivalMs) {
        return seal(
                batch.room(),
                shard,
                batch.count(),
                epoch,
                firstIndex,
                arrivalMs,
                Block.CODEC_PLAIN,
                0);
    }

    /**
     * Seals {@code plain}'s header around another body, as a cipher does.
     *
     * @param whole the block's future bytes: {@link Block#HEADER_BYTES} of room, then the body, up
     *     to the limit
     * @param nonce 12 bytes for {@link Block#CODEC_AES_GCM}
     */
    public static Block reseal(
            Block plain, ByteBuffer whole, int codec, int dataKeyNumber, byte[] nonce) {
        whole.put(60, nonce, 0, 12);
        return seal(
                whole,
                plain.shard(),
                plain.count(),
                plain.epoch(),
                plain.firstIndex(),
                plain.arrivalMs(),
                codec,
                dataKeyNumber);
    }

    private static Block seal(
            ByteBuffer whole,
            ShardKey shard,
            int count,
            long epoch,
            long firstIndex,
            long arrivalMs,
            int codec,
            int dataKeyNumber) {
        if (count < 1) {
            throw new IllegalArgumentException("a block of " + count + " records");
        }
        whole.putInt(0, Block.MAGIC);
        whole.put(4, (byte) Block.VERSION);
        whole.put(5, (byte) codec);
        whole.putShort(6, (short) 0);
        whole.putInt(12, whole.limit());
        whole.putLong(16, shard.streamId());
        whole.putInt(24, shard.number());
        whole.putInt(28, count);
        whole.putLong(32, epoch);
        whole.putLong(40, firstIndex);
        whole.putLong(48, arrivalMs);
        whole.putInt(56, dataKeyNumber);
        if (codec == Block.CODEC_PLAIN) {
            whole.put(60, NO_NONCE);
        }
        var crc = new CRC32C();
        crc.update(whole.slice(12, whole.limit() - 12));
        whole.putInt(8, (int) crc.getValue());
        whole.clear();
        return Block.trusted(whole);
    }
}
