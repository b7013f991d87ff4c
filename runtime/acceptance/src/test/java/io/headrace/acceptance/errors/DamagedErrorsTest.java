package io.headrace.acceptance.errors;

import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node started again after what it needs was changed or damaged: nothing is in memory any more,
 * neither records nor the keys that were opened.
 */
class DamagedErrorsTest extends ProvokedErrors {
    static final String MISSING = "missing";
    static final String DISABLED = "disabled";
    static final String MISFIT = "misfit";
    static final String DAMAGED = "damaged";
    private static final List<String> STREAMS = List.of(MISSING, DISABLED, MISFIT, DAMAGED);

    @Override
    HeadraceNode.Builder node(Path directory) throws Exception {
        prepare(directory.resolve("data"));
        return HeadraceNode.builder().data(directory.resolve("data"));
    }

    /** Streams of one record each, and what is wrong with each one's key. */
    static void prepare(Path data) throws Exception {
        Files.createDirectories(data);
        var keys = keys(data, STREAMS);
        try (var node = HeadraceNode.builder().data(data).start();
                var scene = Scene.of(node, ROOT)) {
            for (var name : STREAMS) {
                var stream = Target.stream(name);
                Calls.of("CreateStream").make(scene.root(), stream);
                Calls.startEncryption(scene.root(), stream, "alias/" + name);
                Calls.of("PutRecord").make(scene.root(), stream);
            }
        }
        Files.writeString(
                keys,
                Files.readString(keys)
                        .replace("alias/" + MISSING, "alias/another")
                        .replace(key(DISABLED), key(DISABLED).replace("true", "false"))
                        .replace(secret(MISFIT), secret("another secret")));
        damageDataKeys(data);
    }

    private static Path keys(Path data, List<String> names) throws IOException {
        var file = data.resolve("keys.json");
        var owner = PosixFilePermissions.fromString("rw-------");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(owner));
        var all = names.stream().map(DamagedErrorsTest::key).toList();
        return Files.writeString(file, "{\"format\":1,\"keys\":{" + String.join(",", all) + "}}");
    }

    private static String key(String name) {
        return "\"alias/%s\":{\"enabled\":true,\"versions\":[{\"id\":\"1\",\"secret\":\"%s\"}]}"
                .formatted(name, secret(name));
    }

    private static String secret(String name) {
        var bytes = new byte[32];
        System.arraycopy(name.getBytes(StandardCharsets.UTF_8), 0, bytes, 0, name.length());
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Of the stream whose key is in them; the others' stay as they are. */
    private static void damageDataKeys(Path data) throws IOException {
        try (var files = Files.walk(data)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().contains("/keys/")
                        && Files.readString(file, StandardCharsets.ISO_8859_1)
                                .contains("alias/" + DAMAGED)) {
                    var bytes = Files.readAllBytes(file);
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(file, bytes);
                }
            }
        }
    }

    @Override
    Map<Pair, Scene.Attempt> table() {
        return all();
    }

    static Map<Pair, Scene.Attempt> all() {
        var table = new TreeMap<Pair, Scene.Attempt>();
        put(table, "GetRecords", "KMSNotFoundException", MISSING);
        put(table, "GetRecords", "KMSDisabledException", DISABLED);
        for (var operation : new String[] {"GetRecords", "PutRecord", "PutRecords"}) {
            put(table, operation, "KMSInvalidStateException", MISFIT);
            put(table, operation, "InternalFailureException", DAMAGED);
        }
        table.put(
                new Pair("StartStreamEncryption", "KMSInvalidStateException"),
                (c, _) -> Calls.startEncryption(c, Target.stream(MISFIT), "alias/" + MISFIT));
        return table;
    }

    private static void put(
            Map<Pair, Scene.Attempt> table, String operation, String error, String stream) {
        table.put(
                new Pair(operation, error),
                (c, s) -> Calls.of(operation).make(c, s.withIterator(Target.stream(stream))));
    }
}
