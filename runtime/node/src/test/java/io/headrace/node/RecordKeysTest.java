package io.headrace.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.object.DirectoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.stream.StreamCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordKeysTest {
    private static final String KEY = "alias/aws/kinesis";

    private final Random random = new Random(1);
    private final Path file;
    private final Path objects;

    RecordKeysTest(@TempDir Path folder) {
        file = folder.resolve("keys.json");
        objects = folder.resolve("objects");
    }

    @Test
    void nothingIsSealedOrStoredBeforeTheStreamsAreKnown() throws IOException {
        try (var store = DirectoryStore.open(objects)) {
            var keys = RecordKeys.open(file, random);
            keys.cipher(store);
            assertThatThrownBy(() -> keys.masterKeyOf(1)).isInstanceOf(RefusedException.class);
            keys.serve(StreamCatalog.open(store, random), store, Optional.empty());
            assertThatThrownBy(() -> keys.masterKeyOf(1))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_NOT_FOUND));
        }
    }

    @Test
    void aLostKeyFileIsWaitedForAndNotReplaced() throws IOException {
        try (var store = DirectoryStore.open(objects)) {
            served(store).prepare(1, KEY);
            var lost = Files.readString(file);
            Files.delete(file);
            var keys = served(store);
            assertThat(file).doesNotExist();
            assertThatThrownBy(() -> keys.prepare(1, KEY))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.KMS_NOT_FOUND));
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, lost);
            keys.refresh();
            keys.prepare(1, KEY);
            keys.delete(1);
            assertThat(store.list("keys/")).isEmpty();
        }
    }

    private RecordKeys served(ObjectStore store) throws IOException {
        var keys = RecordKeys.open(file, random);
        keys.cipher(store);
        keys.serve(StreamCatalog.open(store, random), store, Optional.empty());
        return keys;
    }
}
