package io.headrace.store.crypt;

import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.DamagedBlockException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/**
 * Seals block bodies with their stream's data key and a random nonce. Authenticated with the body
 * is the header from the stream id to the data key number, so no block can stand in for another. A
 * stream's old blocks stay readable whatever its setting is now. Any thread may call.
 */
public final class AesGcmCipher implements BlockCipher {
    private static final int AUTHENTICATED_FROM = 16;
    private static final int AUTHENTICATED_BYTES = 44;
    private static final int DATA_KEY_NUMBER = 56;
    private static final int NONCE = 60;
    private static final int KEPT_MAX = 16;

    private final EncryptedStreams streams;
    private final DataKeys keys;
    private final RandomGenerator random;
    private final ArrayBlockingQueue<Cipher> ciphers = new ArrayBlockingQueue<>(KEPT_MAX);

    /**
     * @param random a cryptographic source
     */
    public AesGcmCipher(EncryptedStreams streams, DataKeys keys, RandomGenerator random) {
        this.streams = streams;
        this.keys = keys;
        this.random = random;
    }

    @Override
    public Readiness readiness(ShardKey shard) {
        if (!streams.isKnown(shard.streamId())) {
            return Readiness.UNPREPARED;
        }
        var masterKey = streams.masterKeyOf(shard.streamId());
        return masterKey.isEmpty()
                ? Readiness.READY
                : keys.readiness(shard.streamId(), masterKey.get());
    }

    @Override
    public void prepare(ShardKey shard) {
        if (!streams.isKnown(shard.streamId())) {
            streams.learn(shard.streamId());
        }
        streams.masterKeyOf(shard.streamId())
                .ifPresent(masterKey -> keys.prepare(shard.streamId(), masterKey));
    }

    @Override
    public Block encrypt(Block plain) {
        long streamId = plain.shard().streamId();
        var masterKey = streams.masterKeyOf(streamId);
        if (masterKey.isEmpty()) {
            return plain;
        }
        var key = keys.toSeal(streamId, masterKey.get());
        var nonce = new byte[AesGcm.NONCE_BYTES];
        random.nextBytes(nonce);
        var whole = new byte[plain.length() + AesGcm.TAG_BYTES];
        plain.content().get(whole, 0, plain.length());
        var cipher = borrow();
        AesGcm.seal(
                cipher,
                key.secret(),
                nonce,
                authenticated(plain, key.number()),
                whole,
                Block.HEADER_BYTES,
                plain.length() - Block.HEADER_BYTES);
        giveBack(cipher);
        return BlockBuilder.reseal(
                plain, ByteBuffer.wrap(whole), Block.CODEC_AES_GCM, key.number(), nonce);
    }

    @Override
    public Block decrypt(Block stored) {
        if (stored.codec() == Block.CODEC_PLAIN) {
            return stored;
        }
        int plainLength = stored.length() - AesGcm.TAG_BYTES;
        if (plainLength < Block.HEADER_BYTES) {
            throw new DamagedBlockException("block " + stored + " is too short to be encrypted");
        }
        var key = keys.toOpen(stored.shard().streamId(), stored.dataKeyNumber());
        var nonce = new byte[AesGcm.NONCE_BYTES];
        stored.content().get(NONCE, nonce);
        var whole = new byte[plainLength];
        var cipher = borrow();
        try {
            AesGcm.open(
                    cipher,
                    key.secret(),
                    nonce,
                    authenticated(stored, key.number()),
                    AesGcm.bytes(stored.body()),
                    0,
                    whole,
                    Block.HEADER_BYTES);
        } catch (AEADBadTagException e) {
            throw new DamagedBlockException(
                    "block %s is not what its data key %d sealed".formatted(stored, key.number()),
                    e);
        }
        giveBack(cipher);
        return BlockBuilder.reseal(
                        stored,
                        ByteBuffer.wrap(whole),
                        Block.CODEC_PLAIN,
                        0,
                        new byte[nonce.length])
                .asDecrypted();
    }

    private static byte[] authenticated(Block block, int keyNumber) {
        var header = new byte[AUTHENTICATED_BYTES];
        block.content().get(AUTHENTICATED_FROM, header);
        ByteBuffer.wrap(header).putInt(DATA_KEY_NUMBER - AUTHENTICATED_FROM, keyNumber);
        return header;
    }

    private Cipher borrow() {
        var kept = ciphers.poll();
        return kept == null ? AesGcm.newCipher() : kept;
    }

    /** Not called where it threw: a cipher that failed is in no known state. */
    private void giveBack(Cipher cipher) {
        // Where enough are kept, the collector takes this one.
        var _ = ciphers.offer(cipher);
    }
}
