package io.headrace.store.crypt;

import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockCipher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The real cipher with its keys, for a simulation: all streams are encrypted or none, reservations
 * are tiny, and it is an error if a key and a nonce come together twice, whatever restarted in
 * between.
 */
public final class TestKeys implements AutoCloseable {
    private static final long RESERVATION = 32;

    private final Random random;
    private final Path folder;
    private final @Nullable KeyFile masters;
    private final Set<ByteBuffer> used = new HashSet<>();
    private @Nullable String problem;

    public TestKeys(long seed, boolean encrypted) throws IOException {
        random = new Random(seed);
        folder = Files.createTempDirectory("headrace-keys");
        masters = encrypted ? KeyFile.open(folder.resolve("keys.json"), random) : null;
    }

    /** The cipher of one process; {@code store} outlives it. */
    public BlockCipher newProcess(ObjectStore store) {
        if (masters == null) {
            return BlockCipher.PLAIN;
        }
        var keys = new DataKeys(store, masters, random, RESERVATION);
        return new Recording(new AesGcmCipher(_ -> Optional.of(KeyFile.DEFAULT_KEY), keys, random));
    }

    public void rotate() {
        change(keys -> keys.rotate(KeyFile.DEFAULT_KEY));
    }

    public void setGone(boolean gone) {
        change(keys -> keys.setEnabled(KeyFile.DEFAULT_KEY, !gone));
    }

    /** Key and nonce pairs so far. */
    public int sealedBlocks() {
        return used.size();
    }

    /** What went wrong, if anything. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder.resolve("keys.json"));
        Files.delete(folder);
    }

    private interface Change {
        void make(KeyFile keys) throws IOException;
    }

    private void change(Change change) {
        if (masters == null) {
            return;
        }
        try {
            change.make(masters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Recording implements BlockCipher {
        private final BlockCipher cipher;

        Recording(BlockCipher cipher) {
            this.cipher = cipher;
        }

        @Override
        public Readiness readiness(ShardKey shard) {
            return cipher.readiness(shard);
        }

        @Override
        public void prepare(ShardKey shard) {
            cipher.prepare(shard);
        }

        @Override
        public Block encrypt(Block plain) {
            var sealed = cipher.encrypt(plain);
            var pair = ByteBuffer.allocate(8 + 4 + 12);
            pair.putLong(sealed.shard().streamId());
            pair.put(12 - 4, sealed.content(), 56, 16);
            if (sealed.codec() != Block.CODEC_AES_GCM) {
                problem = sealed + " is stored in clear";
            } else if (!used.add(pair.clear())) {
                problem = "key and nonce of " + sealed + " were used before";
            }
            return sealed;
        }

        @Override
        public Block decrypt(Block stored) {
            return cipher.decrypt(stored);
        }

        @Override
        public void requireReadable(Block plain) {
            cipher.requireReadable(plain);
        }
    }
}
