package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.acceptance.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an earlier version stored, plain and backed up, is all there. */
@Timeout(180)
class GoldenDataTest {
    /** After all was stored, and before any of it is past retention. */
    private static final Duration LATER = Duration.ofHours(3);

    @TempDir Path work;

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    private static JsonNode expected(String version) throws IOException {
        try (var in =
                GoldenData.class.getResourceAsStream("/golden/" + version + "/expected.json")) {
            return Wire.JSON_MAPPER.readTree(Objects.requireNonNull(in));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "v1")
    void aDataDirectoryIsReadWhole(String version) throws IOException {
        var data = work.resolve("data");
        GoldenData.unzip("/golden/" + version + "/data.zip", data);
        assertHoldsAll(data, expected(version));
    }

    @ParameterizedTest
    @ValueSource(strings = "v1")
    void aBackupIsRestoredWhole(String version) throws IOException, InterruptedException {
        var backup = work.resolve("backup.zip");
        try (var in = GoldenData.class.getResourceAsStream("/golden/" + version + "/backup.zip")) {
            Files.copy(Objects.requireNonNull(in), backup);
        }
        var data = work.resolve("data");
        var restored =
                GoldenData.headrace(
                        "restore", "--from", backup.toString(), "--data", data.toString());
        assertThat(restored.status()).as(restored.output()).isZero();
        assertHoldsAll(data, expected(version));
    }

    private void assertHoldsAll(Path data, JsonNode expected) throws IOException {
        try (var node = GoldenData.node(work, data, GoldenData.MADE.plus(LATER)).start()) {
            var found = GoldenData.found(new Wire(node.endpoint()));
            assertThat(found.toPrettyString()).isEqualTo(expected.toPrettyString());
        }
    }

    @Test
    void whatIsExpectedHasRecordsOfEveryKind() throws IOException {
        var text = expected("v1").toString();
        assertThat(text).contains("\"EncryptionType\":\"KMS\"", "111122223333", "pushed");
        assertThat(expected("v1").at("/reshaped/shards/Shards").size()).isEqualTo(5);
        assertThat(expected("v1").at("/lag/Shards").size()).isEqualTo(2);
    }
}
