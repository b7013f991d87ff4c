package io.headrace.store.record;

import io.headrace.store.ShardKey;

/**
 * Encrypts bodies on their way to disk and decrypts them on their way to a reader. The header stays
 * readable; stream, shard, epoch and first index are authenticated with the body, so that no block
 * can stand in for another. {@link #readiness} and {@link #encrypt} are called by the committing
 * thread alone and never block; the others are called by any thread, and but for {@link
 * #requireReadable} may block.
 */
public interface BlockCipher {
    /** Leaves every block as it is. */
    BlockCipher PLAIN =
            new BlockCipher() {
                @Override
                public Readiness readiness(ShardKey shard) {
                    return Readiness.READY;
                }

                @Override
                public void prepare(ShardKey shard) {}

                @Override
                public Block encrypt(Block plain) {
                    return plain;
                }

                @Override
                public Block decrypt(Block stored) {
                    if (stored.codec() != Block.CODEC_PLAIN) {
                        throw new DamagedBlockException(
                                "block " + stored + " is encrypted, and there are no keys");
                    }
                    return stored;
                }

                @Override
                public void requireReadable(Block plain) {}
            };

    /** Whether a shard's next blocks can be encrypted. */
    enum Readiness {
        READY,
        /** They can, but not for long: time to {@link #prepare}. Said a few times only. */
        READY_FOR_NOW,
        /** Not before {@link #prepare}. */
        UNPREPARED
    }

    /**
     * Whether the shard's next block can be encrypted now.
     *
     * @throws io.headrace.store.RefusedException if the key cannot be used, or nobody knows whether
     *     the stream is to be encrypted
     */
    Readiness readiness(ShardKey shard);

    /**
     * Gets ready to encrypt the shard's blocks; does nothing if that is so already. May block.
     *
     * @throws io.headrace.store.RefusedException if the key cannot be used or none could be stored
     */
    void prepare(ShardKey shard);

    /**
     * The block to store for a plain one; the same block if its stream is not encrypted. It cannot
     * fail for want of preparation after {@link #readiness} said that it is ready.
     *
     * @throws io.headrace.store.RefusedException if the key cannot be used; nothing is stored then
     */
    Block encrypt(Block plain);

    /**
     * The plain block of a stored one; the same block if it is plain.
     *
     * @throws io.headrace.store.RefusedException if the key cannot be used
     * @throws DamagedBlockException if the body is not what was encrypted
     */
    Block decrypt(Block stored);

    /**
     * Asks for a plain block that is kept in memory what {@link #decrypt} asked when it came from
     * disk: whether its key may be used now. Never blocks.
     *
     * @throws io.headrace.store.RefusedException if not
     */
    void requireReadable(Block plain);
}
