package io.headrace.store.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import io.headrace.store.record.BlockCipher.Readiness;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.record.TestBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AesGcmCipherTest {
    private static final ShardKey SHARD = TestBlocks.SHARD;

    private final Path folder;
    private final Random random = new Random(1);
    private final MemoryStore store = new MemoryStore();
    private Optional<String> masterKey = Optional.of(KeyFile.DEFAULT_KEY);
    private final KeyFile masters;
    private final AesGcmCipher cipher;

    AesGcmCipherTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        masters = KeyFile.open(folder.resolve("keys.json"), random);
        cipher = newProcess();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void whatWasSealedOpens(long seed) {
        for (var plain : TestBlocks.run(new Random(seed), 20, 5, 3000)) {
            var sealed = Block.read(encrypt(cipher, plain).content());
            assertThat(sealed.codec()).isEqualTo(Block.CODEC_AES_GCM);
            assertThat(sealed.body()).isNotEqualTo(plain.body());
            assertThat(cipher.decrypt(sealed).content()).isEqualTo(plain.content());
            assertThat(newProcess().decrypt(sealed).content()).isEqualTo(plain.content());
        }
    }

    @Test
    void plainStreamsStayPlainAndOldBlocksReadable() {
        var plain = block(0);
        var sealed = encrypt(cipher, plain);
        masterKey = Optional.empty();
        assertThat(encrypt(cipher, plain)).isSameAs(plain);
        assertThat(cipher.decrypt(plain)).isSameAs(plain);
        assertThat(cipher.decrypt(sealed).content()).isEqualTo(plain.content());
    }

    @Test
    void noNonceAndKeyAreUsedTwice() {
        var used = new HashSet<ByteBuffer>();
        for (int i = 0; i < 1000; i++) {
            // The same index again, as after a fenced writer's tail was cut.
            var sealed = encrypt(cipher, block(i % 10));
            assertThat(used.add(sealed.content().slice(56, 16))).isTrue();
        }
    }

    @Test
    void aBlockThatStandsInForAnotherIsFound() {
        var sealed = encrypt(cipher, block(5));
        for (int at : new int[] {16, 24, 28, 32, 40, 48}) {
            var bytes = ByteBuffer.allocate(sealed.length()).put(sealed.content()).flip();
            bytes.putInt(at + 3, bytes.getInt(at + 3) ^ 1 << 24);
            var moved = resealed(bytes, sealed);
            if (at == 16) {
                // Another stream has other keys, or none.
                assertThatThrownBy(() -> cipher.decrypt(moved))
                        .isInstanceOf(DamagedBlockException.class);
                encrypt(cipher, blockOf(moved.shard()));
            }
            assertThatThrownBy(() -> cipher.decrypt(moved))
                    .as("header byte %d", at)
                    .isInstanceOf(DamagedBlockException.class)
                    .hasMessageContaining("is not what its data key 1 sealed");
        }
    }

    @Test
    void everyFlippedBitOfTheBodyIsFound() {
        var sealed = encrypt(cipher, block(5));
        for (int bit = Block.HEADER_BYTES * 8; bit < sealed.length() * 8; bit++) {
            var bytes = ByteBuffer.allocate(sealed.length()).put(sealed.content()).flip();
            bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
            var damaged = resealed(bytes, sealed);
            assertThatThrownBy(() -> cipher.decrypt(damaged))
                    .isInstanceOf(DamagedBlockException.class);
        }
    }

    @Test
    void aRotatedMasterKeyWrapsANewDataKey() throws IOException {
        var before = encrypt(cipher, block(1));
        masters.rotate(KeyFile.DEFAULT_KEY);
        var after = encrypt(cipher, block(1));
        assertThat(before.dataKeyNumber()).isEqualTo(1);
        assertThat(after.dataKeyNumber()).isEqualTo(2);
        var other = newProcess();
        assertThat(other.decrypt(before).content()).isEqualTo(block(1).content());
        assertThat(other.decrypt(after).content()).isEqualTo(block(1).content());
        assertThat(encrypt(other, block(1)).dataKeyNumber()).isEqualTo(2);
    }

    @Test
    void aKeyThatIsGoneOrDisabledIsSaid() throws IOException {
        var sealed = encrypt(cipher, block(1));
        masters.setEnabled(KeyFile.DEFAULT_KEY, false);
        assertRefused(() -> encrypt(cipher, block(2)), ErrorCode.KMS_DISABLED);
        assertRefused(() -> cipher.decrypt(sealed), ErrorCode.KMS_DISABLED);
        masters.setEnabled(KeyFile.DEFAULT_KEY, true);
        assertThat(cipher.decrypt(sealed).content()).isEqualTo(block(1).content());
        editKeys("\"alias/aws/kinesis\"", "\"alias/x\"");
        assertRefused(() -> encrypt(cipher, block(2)), ErrorCode.KMS_NOT_FOUND);
        assertRefused(() -> cipher.decrypt(sealed), ErrorCode.KMS_NOT_FOUND);
    }

    @Test
    void aDeletedStreamsKeysAreGone() throws IOException {
        var keys = new DataKeys(store, masters, random);
        var deleting = new AesGcmCipher(_ -> masterKey, keys, random);
        var sealed = encrypt(deleting, block(1));
        keys.delete(SHARD.streamId());
        assertThat(store.list("keys/")).isEmpty();
        assertThatThrownBy(() -> deleting.decrypt(sealed))
                .isInstanceOf(DamagedBlockException.class);
    }

    /** Each process start reserves blocks anew; no key may seal more than its bound. */
    @Test
    void aKeyIsReplacedWhenItsBlocksAreUsedUp() {
        int starts = (int) (DataKey.BLOCKS_MAX / DataKeys.RESERVATION);
        for (int start = 0; start < starts; start++) {
            assertThat(encrypt(newProcess(), block(1)).dataKeyNumber()).isEqualTo(1);
        }
        assertThat(encrypt(newProcess(), block(1)).dataKeyNumber()).isEqualTo(2);
    }

    private void editKeys(String text, String by) throws IOException {
        var file = folder.resolve("keys.json");
        Files.writeString(file, Files.readString(file).replace(text, by));
        masters.refresh();
        assertThat(masters.problem()).isEmpty();
    }

    /** As the committer does it, with all that it waits for. */
    private static Block encrypt(AesGcmCipher cipher, Block plain) {
        if (cipher.readiness(plain.shard()) == Readiness.UNPREPARED) {
            cipher.prepare(plain.shard());
        }
        return cipher.encrypt(plain);
    }

    private AesGcmCipher newProcess() {
        return new AesGcmCipher(_ -> masterKey, new DataKeys(store, masters, random), random);
    }

    private static Block resealed(ByteBuffer bytes, Block sealed) {
        var nonce = new byte[12];
        sealed.content().get(60, nonce);
        return BlockBuilder.reseal(
                Block.trusted(bytes.duplicate()),
                ByteBuffer.allocate(bytes.limit()).put(bytes.duplicate()).flip(),
                Block.CODEC_AES_GCM,
                sealed.dataKeyNumber(),
                nonce);
    }

    private static Block blockOf(ShardKey shard) {
        var batch = TestBlocks.batch(new byte[10]);
        var builder = new BlockBuilder(batch.length());
        builder.add(batch);
        return builder.seal(shard, 1, 0, 0);
    }

    private static Block block(long firstIndex) {
        return TestBlocks.block(TestBlocks.batch(new byte[50], new byte[3]), 1, firstIndex, 9);
    }

    private static void assertRefused(Runnable call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
