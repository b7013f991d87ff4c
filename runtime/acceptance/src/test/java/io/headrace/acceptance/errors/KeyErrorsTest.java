package io.headrace.acceptance.errors;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.KmsDisabledException;
import software.amazon.awssdk.services.kinesis.model.KmsNotFoundException;

/** A node whose key file is edited, as an operator would: what the keys' absence refuses. */
class KeyErrorsTest extends ProvokedErrors {
    @Override
    HeadraceNode.Builder node(Path directory) {
        return HeadraceNode.builder();
    }

    @Override
    Map<Pair, Scene.Attempt> table() {
        return all();
    }

    static Map<Pair, Scene.Attempt> all() {
        var table = new TreeMap<Pair, Scene.Attempt>();
        for (var operation : new String[] {"PutRecord", "PutRecords"}) {
            put(table, operation, "KMSNotFoundException", keys -> keys.replace(Calls.KEY, "other"));
            put(
                    table,
                    operation,
                    "KMSDisabledException",
                    keys -> keys.replace(": true", ": false"));
        }
        put(
                table,
                "StartStreamEncryption",
                "KMSDisabledException",
                keys -> keys.replace(": true", ": false"));
        table.put(
                new Pair("StartStreamEncryption", "KMSNotFoundException"),
                (c, s) -> Calls.startEncryption(c, s.newStream(), "alias/no-such"));
        return table;
    }

    /** What was read a moment ago, from memory, is not read again once its key may not be used. */
    @ParameterizedTest
    @ValueSource(strings = {"GetRecords", "SubscribeToShard"})
    void theNewestRecordsAreNotReadWithoutTheirKeyEither(String operation) throws Exception {
        var s = scene();
        var stream = s.withConsumer(s.withIterator(encrypted(s)), "one");
        var read = Calls.of(operation);
        read.make(s.root(), stream);
        var before = edit(s, keys -> keys.replace(": true", ": false"));
        try {
            assertThatThrownBy(() ->
                            Scene.untilRefused(
                                    "KMSDisabledException", () -> read.make(s.root(), stream)))
                    .isInstanceOf(KmsDisabledException.class);
            edit(s, _ -> before.replace(Calls.KEY, "other"));
            assertThatThrownBy(() ->
                            Scene.untilRefused(
                                    "KMSNotFoundException", () -> read.make(s.root(), stream)))
                    .isInstanceOf(KmsNotFoundException.class)
                    .hasMessageContaining(Calls.KEY);
        } finally {
            edit(s, _ -> before);
        }
        untilDone(() -> read.make(s.root(), stream));
    }

    private static void put(
            Map<Pair, Scene.Attempt> table,
            String operation,
            String error,
            UnaryOperator<String> edit) {
        table.put(
                new Pair(operation, error),
                (c, s) -> {
                    var stream = encrypted(s);
                    var before = edit(s, edit);
                    try {
                        // Between the edit and its being seen all is as before.
                        Scene.untilRefused(error, () -> Calls.of(operation).make(c, stream));
                    } finally {
                        edit(s, _ -> before);
                    }
                });
    }

    private static Target encrypted(Scene scene) throws Exception {
        var stream = scene.newStream();
        // Again, because the edit before may not be undone yet in the node's eyes.
        untilDone(() -> Calls.of("StartStreamEncryption").make(scene.root(), stream));
        untilDone(() -> Calls.of("PutRecord").make(scene.root(), stream));
        return stream;
    }

    private static void untilDone(Scene.Step step) throws Exception {
        for (int i = 0; ; i++) {
            try {
                step.take();
                return;
            } catch (KinesisException e) {
                if (i == 600) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private static String edit(Scene scene, UnaryOperator<String> edit) throws IOException {
        var file = scene.node().data().resolve("keys.json");
        var before = Files.readString(file);
        var next = scene.node().data().resolve("keys.next");
        Files.copy(file, next, StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(next, edit.apply(before), StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        return before;
    }
}
