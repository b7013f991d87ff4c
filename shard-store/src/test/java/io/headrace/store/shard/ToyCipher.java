package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.DamagedBlockException;
import java.nio.ByteBuffer;

/** Hides nothing, but makes bodies other and longer, as a real cipher does; may lose its key. */
final class ToyCipher implements BlockCipher {
    private static final int TAG_BYTES = 16;
    private static final byte MASK = 0x5a;

    private boolean keyGone;

    void setKeyGone(boolean keyGone) {
        this.keyGone = keyGone;
    }

    @Override
    public Readiness readiness(ShardKey shard) {
        return Readiness.READY;
    }

    @Override
    public void prepare(ShardKey shard) {}

    @Override
    public Block encrypt(Block plain) {
        if (keyGone) {
            throw new RefusedException(ErrorCode.KMS_DISABLED, "the key is gone");
        }
        var whole = ByteBuffer.allocate(plain.length() + TAG_BYTES);
        masked(plain.body(), whole, plain.length() - Block.HEADER_BYTES);
        whole.putLong(plain.length(), plain.firstIndex());
        return BlockBuilder.reseal(plain, whole, Block.CODEC_AES_GCM, 1, new byte[12]);
    }

    @Override
    public Block decrypt(Block stored) {
        int length = stored.length() - TAG_BYTES;
        if (stored.codec() != Block.CODEC_AES_GCM
                || stored.content().getLong(length) != stored.firstIndex()) {
            throw new DamagedBlockException("not what was encrypted: " + stored);
        }
        var whole = ByteBuffer.allocate(length);
        masked(stored.body(), whole, length - Block.HEADER_BYTES);
        return BlockBuilder.reseal(stored, whole, Block.CODEC_PLAIN, 0, new byte[12]);
    }

    private static void masked(ByteBuffer body, ByteBuffer target, int length) {
        for (int i = 0; i < length; i++) {
            target.put(Block.HEADER_BYTES + i, (byte) (body.get(i) ^ MASK));
        }
    }
}
