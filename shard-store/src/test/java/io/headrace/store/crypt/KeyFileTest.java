package io.headrace.store.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final String ARN = "arn:aws:kms:us-east-1:000000000000:alias/aws/kinesis";

    @TempDir Path folder;

    @Test
    void isMadeWithTheDefaultKeyForItsOwnerAlone() throws IOException {
        var file = folder.resolve("sub/keys.json");
        var keys = KeyFile.open(file, new Random(1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(keys.ids()).containsExactly(KeyFile.DEFAULT_KEY);
        keys.require(ARN);
        assertThat(KeyFile.open(file, new Random(2)).newest(ARN))
                .isEqualTo(keys.newest(KeyFile.DEFAULT_KEY));
        try (var files = Files.list(folder.resolve("sub"))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void rotationAddsAVersionAndKeepsTheOld() throws IOException {
        var file = folder.resolve("keys.json");
        var keys = KeyFile.open(file, new Random(1));
        var old = keys.newest(ARN);
        keys.rotate(ARN);
        var reopened = KeyFile.open(file, new Random(2));
        assertThat(reopened.newest(ARN)).isNotEqualTo(old).isEqualTo(keys.newest(ARN));
        assertThat(reopened.version(ARN, old.version())).isEqualTo(old);
    }

    @Test
    void unknownAndDisabledKeysAreRefused() throws IOException {
        var keys = KeyFile.open(folder.resolve("keys.json"), new Random(1));
        assertRefused(() -> keys.require("alias/other"), ErrorCode.KMS_NOT_FOUND);
        keys.create("alias/other");
        keys.require("alias/other");
        keys.setEnabled("alias/other", false);
        assertRefused(() -> keys.require("alias/other"), ErrorCode.KMS_DISABLED);
        keys.setEnabled("alias/other", true);
        keys.require("alias/other");
        Files.delete(folder.resolve("keys.json"));
        keys.reload();
        assertRefused(() -> keys.require("alias/other"), ErrorCode.KMS_NOT_FOUND);
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws IOException {
        var file = folder.resolve("keys.json");
        var opened = KeyFile.open(file, new Random(1));
        assertThat(opened.ids()).isNotEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> KeyFile.open(file, new Random(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void whatCantBeReadIsRefusedWithoutASecret() throws IOException {
        var file = folder.resolve("keys.json");
        KeyFile.open(file, new Random(1)).require(KeyFile.DEFAULT_KEY);
        var json = Files.readString(file);
        for (var damaged :
                new String[] {
                    "",
                    "{",
                    json.replace("\"secret\" : \"", "\"secret\" : \"=SECRET="),
                    json.replace("\"secret\"", "SECRET"),
                    json.replace("\"format\" : 1", "\"format\" : 0")
                }) {
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> KeyFile.open(file, new Random(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageNotContaining("SECRET");
        }
        Files.writeString(file, json.replace("\"format\" : 1", "\"format\" : 2"));
        assertThatThrownBy(() -> KeyFile.open(file, new Random(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("newer Headrace");
    }

    private static void assertRefused(Runnable call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
