package io.headrace.store.record;

/**
 * Encrypts bodies on their way to disk and decrypts them on their way to a reader. The header stays
 * readable; stream, shard, epoch and first index are authenticated with the body, so that no block
 * can stand in for another. {@link #encrypt} is called by the committing thread alone, {@link
 * #decrypt} by any thread.
 */
public interface BlockCipher {
    /** Leaves every block as it is. */
    BlockCipher PLAIN =
            new BlockCipher() {
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
            };

    /**
     * The block to store for a plain one; the same block if its stream is not encrypted.
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
}
