package io.headrace.store.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
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
    }

    @Test
    void aChangeByHandIsTakenOver() throws IOException {
        var file = folder.resolve("keys.json");
        var keys = KeyFile.open(file, new Random(1));
        keys.create("alias/other");
        var old = keys.newest("alias/other");
        var json = Files.readString(file);
        var added =
                json.replaceFirst(
                        "(\"alias/other\"[^\\[]*\\[ \\{[^}]*})",
                        "$1, {\"id\":\"2\",\"secret\":\"%s\"}".formatted("A".repeat(43) + "="));
        Files.writeString(file, added);
        keys.refresh();
        assertThat(keys.problem()).isEmpty();
        assertThat(keys.newest("alias/other").version()).isEqualTo("2");
        assertThat(keys.version("alias/other", old.version())).isEqualTo(old);
        Files.writeString(file, json.replace("alias/other", "alias/third"));
        keys.refresh();
        assertRefused(() -> keys.require("alias/other"), ErrorCode.KMS_NOT_FOUND);
        keys.require("alias/third");
        Files.writeString(file, json);
        keys.refresh();
        assertThat(keys.newest("alias/other")).isEqualTo(old);
    }

    @Test
    void aBrokenChangeIsReportedAndTheKeysStay() throws IOException {
        var file = folder.resolve("keys.json");
        var keys = KeyFile.open(file, new Random(1));
        var before = keys.newest(ARN);
        var json = Files.readString(file);
        var broken =
                Map.of(
                        json.substring(0, json.length() / 2), "bad JSON in line",
                        json.replaceFirst("\"secret\" : \".{4}", "\"secret\" : \"ABCD"),
                                "another secret for alias/aws/kinesis version",
                        json.replaceFirst("\"id\" : \"[0-9a-f]+\",", ""), "needs an id of its own",
                        json.replace("alias/aws/kinesis", "key/1"), "must be named 1");
        broken.forEach((content, problem) -> {
            write(file, content);
            keys.refresh();
            assertThat(keys.problem()).as("half written, perhaps").isEmpty();
            keys.refresh();
            assertThat(keys.problem().orElseThrow()).contains(problem, file.toString());
            assertThat(keys.newest(ARN)).isEqualTo(before);
            write(file, json);
            keys.refresh();
            assertThat(keys.problem()).isEmpty();
        });
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        keys.refresh();
        keys.refresh();
        assertThat(keys.problem().orElseThrow()).contains("chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        keys.refresh();
        assertThat(keys.problem()).isEmpty();
        Files.delete(file);
        keys.refresh();
        keys.refresh();
        assertThat(keys.problem().orElseThrow()).contains("is missing");
        assertThat(keys.newest(ARN)).isEqualTo(before);
    }

    @Test
    void aChangeKeepsWhatWasChangedByHand() throws IOException {
        var file = folder.resolve("keys.json");
        var keys = KeyFile.open(file, new Random(1));
        KeyFile.open(file, new Random(2)).create("alias/by-hand");
        keys.rotate(ARN);
        keys.require("alias/by-hand");
        assertThat(KeyFile.open(file, new Random(3)).ids())
                .containsExactlyInAnyOrder(KeyFile.DEFAULT_KEY, "alias/by-hand");
    }

    @Test
    void aLostFileIsNotReplacedByAnother() throws IOException {
        var file = folder.resolve("keys.json");
        var keys = KeyFile.openExisting(file, new Random(1));
        assertRefused(() -> keys.require(ARN), ErrorCode.KMS_NOT_FOUND);
        assertThat(keys.isMissing()).isTrue();
        var other = KeyFile.open(file, new Random(2));
        keys.refresh();
        assertThat(keys.newest(ARN)).isEqualTo(other.newest(ARN));
    }

    @Test
    void aRefusalNamesTheKeyAndNotTheFile() throws IOException {
        var keys = KeyFile.open(folder.resolve("keys.json"), new Random(1));
        assertThatThrownBy(() -> keys.require("alias/other"))
                .hasMessage("Key alias/other does not exist.");
        assertThatThrownBy(() -> keys.version(ARN, "7"))
                .hasMessage("Version 7 of key %s does not exist.".formatted(ARN));
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

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertRefused(Runnable call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
