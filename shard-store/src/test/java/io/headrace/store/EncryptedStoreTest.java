package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.crypt.AesGcmCipher;
import io.headrace.store.crypt.DataKeys;
import io.headrace.store.crypt.KeyFile;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.AppendResult.Committed;
import io.headrace.store.shard.Retention;
import io.headrace.store.shard.ShardEngine.Health;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store with its cipher on a real directory: two encrypted streams, a plain one, none else. */
@Timeout(60)
class EncryptedStoreTest {
    private static final int MIB = 1 << 20;
    private static final ShardKey ONE = new ShardKey(1, 0);
    private static final ShardKey TWO = new ShardKey(2, 0);
    private static final ShardKey PLAIN = new ShardKey(3, 0);
    private static final String MARKER = "what nobody may find ";
    private static final Map<Long, Optional<String>> STREAMS =
            Map.of(
                    1L,
                    Optional.of("alias/one"),
                    2L,
                    Optional.of("alias/two"),
                    3L,
                    Optional.empty());

    private final Random random = new Random(1);
    private final Path directory;
    private final Path keyFile;
    private KeyFile masters;

    EncryptedStoreTest(@TempDir Path folder) throws IOException {
        directory = folder.resolve("data");
        keyFile = folder.resolve("keys.json");
        masters = KeyFile.open(keyFile, random);
        masters.create("alias/one");
        masters.create("alias/two");
    }

    @Test
    void recordsOutliveRotationRestartAndCompactionAndAreNowhereInClear() throws Exception {
        var expected = new ArrayList<String>();
        for (int round = 0; round < 3; round++) {
            try (var store = open()) {
                for (int i = 0; i < 4; i++) {
                    var data =
                            MARKER
                                    + new String(
                                            TestBlocks.clicks(random, 300_000),
                                            StandardCharsets.UTF_8);
                    expected.add(data);
                    append(store, ONE, data);
                }
                masters.rotate("alias/one");
                append(store, ONE, "short " + round);
                expected.add("short " + round);
                while (store.objects().list(ONE.prefix() + "segments/").isEmpty()) {
                    Thread.onSpinWait();
                }
            }
        }
        assertThat(filesWithMarker()).isEmpty();
        try (var store = open()) {
            assertThat(hashes(dataFrom(store, ONE))).isEqualTo(hashes(expected));
            // So that the search proves something.
            append(store, PLAIN, MARKER);
            assertThat(filesWithMarker()).isNotEmpty();
        }
    }

    @Test
    void aKeyThatIsGoneStopsOnlyItsStreamUntilItIsBack() throws Exception {
        try (var store = open()) {
            for (var shard : List.of(ONE, TWO, PLAIN)) {
                append(store, shard, "before");
            }
        }
        try (var store = open()) {
            var whole = Files.readString(keyFile);
            append(store, TWO, "the key is at hand");
            for (int i = 0; i < 2; i++) {
                edit(whole.replace("alias/one", "alias/gone").replace("alias/two", "alias/gone2"));
                for (var shard : List.of(ONE, TWO)) {
                    assertRefused(() -> append(store, shard, "x"), ErrorCode.KMS_NOT_FOUND);
                }
                assertRefused(() -> dataFrom(store, ONE), ErrorCode.KMS_NOT_FOUND);
                append(store, PLAIN, "meanwhile");
                assertThat(dataFrom(store, PLAIN)).contains("before", "meanwhile");
                edit(whole);
                masters.setEnabled("alias/one", false);
                assertRefused(() -> append(store, ONE, "x"), ErrorCode.KMS_DISABLED);
                assertRefused(() -> dataFrom(store, ONE), ErrorCode.KMS_DISABLED);
                append(store, TWO, "back");
                masters.setEnabled("alias/one", true);
                assertThat(dataFrom(store, ONE).getFirst()).isEqualTo("before");
            }
            append(store, ONE, "after");
            assertThat(dataFrom(store, ONE)).containsExactly("before", "after");
            assertThat(dataFrom(store, TWO))
                    .containsExactly("before", "the key is at hand", "back", "back");
            assertThat(store.health()).isEqualTo(new Health.Running());
        }
    }

    /** Nothing was read from disk yet, and nothing has to be. */
    @Test
    void whatIsStillInMemoryIsAskedForItsKeyToo() throws Exception {
        try (var store = open()) {
            append(store, ONE, "one");
            append(store, TWO, "two");
            append(store, PLAIN, "plain");
            masters.rotate("alias/one");
            append(store, ONE, "rotated");
            var whole = Files.readString(keyFile);
            masters.setEnabled("alias/one", false);
            assertRefused(() -> dataFrom(store, ONE), ErrorCode.KMS_DISABLED);
            assertThat(dataFrom(store, TWO)).containsExactly("two");
            edit(whole.replace("alias/two", "alias/gone"));
            assertRefused(() -> dataFrom(store, TWO), ErrorCode.KMS_NOT_FOUND);
            assertThat(dataFrom(store, PLAIN)).containsExactly("plain");
            int at = whole.indexOf("\"secret\" : \"", whole.indexOf("alias/two")) + 12;
            edit(whole.substring(0, at) + "ABCDEFGH" + whole.substring(at + 8));
            assertRefused(() -> dataFrom(store, TWO), ErrorCode.KMS_INVALID_STATE);
            assertThat(dataFrom(store, ONE)).containsExactly("one", "rotated");
            edit(whole.replace("alias/two", "alias/gone"));
            edit(whole);
            assertThat(dataFrom(store, TWO)).containsExactly("two");
        }
    }

    @Test
    void damagedDataKeysStopOnlyTheirStream() throws Exception {
        try (var store = open()) {
            append(store, ONE, "before");
            append(store, TWO, "before");
        }
        Path ring;
        try (var files = Files.list(directory.resolve("objects/keys/0000000000000001"))) {
            ring = files.findFirst().orElseThrow();
        }
        var bytes = Files.readAllBytes(ring);
        bytes[bytes.length / 2] ^= 4;
        Files.write(ring, bytes);
        assertOnlyOneIsRefused(ErrorCode.INTERNAL_FAILURE);
        bytes[bytes.length / 2] ^= 4;
        Files.write(ring, bytes);
        try (var store = open()) {
            append(store, ONE, "after");
            assertThat(dataFrom(store, ONE)).containsExactly("before", "after");
        }
    }

    @Test
    void anotherSecretInTheSameVersionStopsOnlyItsStreams() throws Exception {
        try (var store = open()) {
            append(store, ONE, "before");
            append(store, TWO, "before");
        }
        var whole = Files.readString(keyFile);
        int at = whole.indexOf("\"secret\" : \"", whole.indexOf("alias/one")) + 12;
        Files.writeString(keyFile, whole.substring(0, at) + "ABCDEFGH" + whole.substring(at + 8));
        masters = KeyFile.open(keyFile, random);
        assertOnlyOneIsRefused(ErrorCode.KMS_INVALID_STATE);
        Files.writeString(keyFile, whole);
        masters = KeyFile.open(keyFile, random);
        try (var store = open()) {
            append(store, ONE, "after");
            assertThat(dataFrom(store, ONE)).containsExactly("before", "after");
        }
    }

    /** Perhaps it is encrypted: then storing it in clear would be worst. */
    @Test
    void anUnknownStreamIsNotStored() throws Exception {
        try (var store = open()) {
            assertRefused(
                    () -> append(store, new ShardKey(4, 0), MARKER), ErrorCode.RESOURCE_NOT_FOUND);
            append(store, PLAIN, "a");
        }
        assertThat(filesWithMarker()).isEmpty();
    }

    private void assertOnlyOneIsRefused(ErrorCode code) throws Exception {
        try (var store = open()) {
            for (int i = 0; i < 3; i++) {
                assertRefused(() -> append(store, ONE, "x"), code);
                assertRefused(() -> dataFrom(store, ONE), code);
            }
            append(store, TWO, "after");
            assertThat(dataFrom(store, TWO)).startsWith("before").endsWith("after");
            assertThat(store.health()).isEqualTo(new Health.Running());
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void assertRefused(Call call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private void edit(String content) throws IOException {
        Files.writeString(keyFile, content);
        masters.refresh();
        assertThat(masters.problem()).isEmpty();
    }

    private List<Path> filesWithMarker() throws IOException {
        while (true) {
            try (Stream<Path> files = Files.walk(directory)) {
                return files.filter(Files::isRegularFile)
                        .filter(EncryptedStoreTest::hasMarker)
                        .toList();
            } catch (UncheckedIOException e) {
                // A spare journal file took another name during the walk.
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            }
        }
    }

    private static boolean hasMarker(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(MARKER);
        } catch (IOException e) {
            // Gone since it was listed.
            return false;
        }
    }

    private ShardStore open() throws IOException {
        var settings =
                new StoreSettings(
                        directory, 4 * MIB, 16L * MIB, 2 * MIB, MIB, 64L * MIB, 1000, MIB, 8L * MIB,
                        4, MIB, 4L * MIB, 3_600_000, 600_000, 20);
        return ShardStore.open(
                settings,
                new ShardStore.Seams(
                        Retention.FOREVER,
                        objects ->
                                new AesGcmCipher(
                                        EncryptedStoreTest::masterKeyOf,
                                        new DataKeys(objects, masters, random),
                                        random),
                        InstantSource.system(),
                        System::nanoTime,
                        random,
                        StoreEvents.NONE));
    }

    private static Optional<String> masterKeyOf(long streamId) {
        var known = STREAMS.get(streamId);
        if (known == null) {
            throw new RefusedException(ErrorCode.RESOURCE_NOT_FOUND, "no stream " + streamId);
        }
        return known;
    }

    private static void append(ShardStore store, ShardKey shard, String data) throws Exception {
        var batch = TestBlocks.batch(data.getBytes(StandardCharsets.UTF_8));
        assertThat(store.shards().append(shard, batch).get()).isInstanceOf(Committed.class);
    }

    private static List<Integer> hashes(List<String> data) {
        return data.stream().map(String::hashCode).toList();
    }

    private static List<String> dataFrom(ShardStore store, ShardKey shard) throws Exception {
        var data = new ArrayList<String>();
        for (long index = 0; ; ) {
            var result = store.shards().read(shard, index, 1000, MIB).get();
            for (var slice : result.slices()) {
                var records = slice.block().records();
                for (long at = slice.block().firstIndex(); records.next(); at++) {
                    if (at >= slice.fromIndex() && at < slice.toIndex()) {
                        var bytes = new byte[records.dataLength()];
                        records.bytes().get(records.dataOffset(), bytes);
                        data.add(new String(bytes, StandardCharsets.UTF_8));
                    }
                }
            }
            index = result.nextIndex();
            if (index >= result.bounds().nextIndex()) {
                return data;
            }
        }
    }
}
