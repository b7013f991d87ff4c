package io.headrace.store.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.store.HashKey;
import io.headrace.store.HashRange;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A stream's state as a JSON object. {@code format} comes first and grows with every change that an
 * older build would misread; {@code change} is a nonce that tells two writers of the same version
 * apart. A deleted stream leaves {@code "deleted": true}, because removing the newest version would
 * open its name to a late write.
 */
final class StreamFormat {
    static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private StreamFormat() {}

    static ByteBuffer write(StreamState state, long nonce) {
        var json = head(nonce);
        json.put("account", state.name().accountId());
        json.put("name", state.name().name());
        json.put("id", HexFormat.of().toHexDigits(state.id()));
        json.put("createdMs", state.createdMs());
        json.put("status", state.status().name());
        writeOptions(json, state.options());
        writeTags(json, state.tags());
        json.put("policy", state.policy());
        writeLongs(json.putArray("modeSwitchesMs"), state.changes().modeSwitchesMs());
        writeLongs(json.putArray("scalingsMs"), state.changes().scalingsMs());
        writeUnlessEmpty(json, "encryptionsMs", state.changes().encryptionsMs());
        writeUnlessEmpty(json, "decryptionsMs", state.changes().decryptionsMs());
        var pending = state.pending();
        if (pending != null) {
            writePending(json.putObject("pending"), pending);
        }
        var consumers = json.putArray("consumers");
        state.consumers().forEach(consumer -> writeConsumer(consumers.addObject(), consumer));
        var shards = json.putArray("shards");
        state.shards().all().forEach(shard -> writeShard(shards.addObject(), shard));
        if (!state.shards().dropped().isEmpty()) {
            state.shards().dropped().forEach(json.putArray("dropped")::add);
        }
        return bytes(json);
    }

    static ByteBuffer writeDeleted(long nonce) {
        return bytes(head(nonce).put("deleted", true));
    }

    /** Empty for a deleted stream. */
    static Optional<StreamState> read(ByteBuffer content, String object)
            throws UnreadableStateException {
        var json = parse(content, object);
        try {
            return json.path("deleted").asBoolean() ? Optional.empty() : Optional.of(read(json));
        } catch (IllegalArgumentException e) {
            throw new UnreadableStateException("damaged: " + object + ": " + e.getMessage(), e);
        }
    }

    /** The checked root of any metadata object of ours. */
    static JsonNode parse(ByteBuffer content, String object) throws UnreadableStateException {
        JsonNode json;
        try {
            json = JSON.readTree(StandardCharsets.UTF_8.decode(content.duplicate()).toString());
        } catch (JsonProcessingException e) {
            throw new UnreadableStateException("damaged: " + object + " is no JSON", e);
        }
        int format = json.path("format").asInt();
        if (format > FORMAT) {
            throw new UnreadableStateException(
                    "%s is of format %d, newer than this build reads (%d)"
                            .formatted(object, format, FORMAT));
        }
        if (format != FORMAT) {
            throw new UnreadableStateException("damaged: " + object + " has no format");
        }
        return json;
    }

    static ObjectNode head(long nonce) {
        return JSON.createObjectNode()
                .put("format", FORMAT)
                .put("change", HexFormat.of().toHexDigits(nonce));
    }

    static ByteBuffer bytes(ObjectNode json) {
        return ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static StreamState read(JsonNode json) {
        var consumers = new ArrayList<ConsumerState>();
        field(json, "consumers").forEach(consumer -> consumers.add(readConsumer(consumer)));
        var shards = new ArrayList<ShardState>();
        field(json, "shards").forEach(shard -> shards.add(readShard(shard)));
        var dropped = new ArrayList<Integer>();
        json.path("dropped").forEach(number -> dropped.add(number.asInt()));
        return new StreamState(
                new StreamName(text(json, "account"), text(json, "name")),
                HexFormat.fromHexDigitsToLong(text(json, "id")),
                number(json, "createdMs"),
                StreamStatus.valueOf(text(json, "status")),
                readOptions(json),
                ShardMap.of(shards, dropped),
                readTags(json),
                consumers,
                text(json, "policy"),
                new ChangeLog(
                        readLongs(field(json, "modeSwitchesMs")),
                        readLongs(field(json, "scalingsMs")),
                        readLongs(json.path("encryptionsMs")),
                        readLongs(json.path("decryptionsMs"))),
                json.has("pending") ? readPending(json.get("pending")) : null);
    }

    private static void writeOptions(ObjectNode json, StreamOptions options) {
        json.put("mode", options.mode().name());
        json.put("retentionHours", options.retentionHours());
        json.put("maxRecordKiB", options.maxRecordKiB());
        json.put("warmThroughputMiBps", options.warmThroughputMiBps());
        options.metrics().forEach(json.putArray("metrics")::add);
        switch (options.encryption()) {
            case Encryption.None() -> {}
            case Encryption.Kms(var keyId) -> json.put("kmsKeyId", keyId);
        }
    }

    private static StreamOptions readOptions(JsonNode json) {
        var metrics = new TreeSet<String>();
        field(json, "metrics").forEach(metric -> metrics.add(metric.asText()));
        return new StreamOptions(
                StreamMode.valueOf(text(json, "mode")),
                (int) number(json, "retentionHours"),
                (int) number(json, "maxRecordKiB"),
                (int) number(json, "warmThroughputMiBps"),
                metrics,
                json.has("kmsKeyId")
                        ? new Encryption.Kms(text(json, "kmsKeyId"))
                        : Encryption.NONE);
    }

    private static void writeShard(ObjectNode json, ShardState shard) {
        json.put("number", shard.number());
        shard.parent().ifPresent(number -> json.put("parent", number));
        shard.adjacentParent().ifPresent(number -> json.put("adjacentParent", number));
        json.put("start", hex(shard.range().start())).put("end", hex(shard.range().end()));
        json.put("createdSeconds", shard.createdSeconds()).put("openedMs", shard.openedMs());
        shard.endIndex()
                .ifPresent(index -> json.put("endIndex", index).put("closedMs", shard.closedMs()));
    }

    private static ShardState readShard(JsonNode json) {
        return new ShardState(
                (int) number(json, "number"),
                optionalInt(json, "parent"),
                optionalInt(json, "adjacentParent"),
                new HashRange(key(text(json, "start")), key(text(json, "end"))),
                number(json, "createdSeconds"),
                number(json, "openedMs"),
                json.has("endIndex")
                        ? OptionalLong.of(number(json, "endIndex"))
                        : OptionalLong.empty(),
                json.has("endIndex") ? number(json, "closedMs") : 0);
    }

    private static void writeConsumer(ObjectNode json, ConsumerState consumer) {
        json.put("name", consumer.name());
        json.put("createdMs", consumer.createdMs());
        json.put("status", consumer.status().name());
        json.put("dueMs", consumer.dueMs());
        writeTags(json, consumer.tags());
        json.put("policy", consumer.policy());
    }

    private static ConsumerState readConsumer(JsonNode json) {
        return new ConsumerState(
                text(json, "name"),
                number(json, "createdMs"),
                ConsumerState.Status.valueOf(text(json, "status")),
                number(json, "dueMs"),
                readTags(json),
                text(json, "policy"));
    }

    private static void writePending(ObjectNode json, Transition pending) {
        json.put("dueMs", pending.dueMs());
        switch (pending) {
            case Transition.Create create -> json.put("kind", "create");
            case Transition.Delete delete -> json.put("kind", "delete");
            case Transition.Update update -> json.put("kind", "update");
            case Transition.Reshape reshape -> {
                json.put("kind", "reshape");
                writeKeys(json.putArray("splitAt"), reshape.splitAt());
                writeKeys(json.putArray("mergeAt"), reshape.mergeAt());
            }
        }
    }

    private static Transition readPending(JsonNode json) {
        long due = number(json, "dueMs");
        return switch (text(json, "kind")) {
            case "create" -> new Transition.Create(due);
            case "delete" -> new Transition.Delete(due);
            case "update" -> new Transition.Update(due);
            case "reshape" ->
                    new Transition.Reshape(
                            due,
                            readKeys(field(json, "splitAt")),
                            readKeys(field(json, "mergeAt")));
            case String kind -> throw new IllegalArgumentException("pending change " + kind);
        };
    }

    private static void writeTags(ObjectNode json, SortedMap<String, String> tags) {
        var node = json.putObject("tags");
        tags.forEach(node::put);
    }

    private static SortedMap<String, String> readTags(JsonNode json) {
        var tags = new TreeMap<String, String>();
        field(json, "tags")
                .properties()
                .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
        return tags;
    }

    private static void writeKeys(ArrayNode array, List<HashKey> keys) {
        keys.forEach(key -> array.add(hex(key)));
    }

    private static List<HashKey> readKeys(JsonNode array) {
        var keys = new ArrayList<HashKey>();
        array.forEach(node -> keys.add(key(node.asText())));
        return keys;
    }

    private static void writeUnlessEmpty(ObjectNode json, String name, List<Long> values) {
        if (!values.isEmpty()) {
            writeLongs(json.putArray(name), values);
        }
    }

    private static void writeLongs(ArrayNode array, List<Long> values) {
        values.forEach(array::add);
    }

    private static List<Long> readLongs(JsonNode array) {
        var values = new ArrayList<Long>();
        array.forEach(node -> values.add(node.asLong()));
        return values;
    }

    private static String hex(HashKey key) {
        return HexFormat.of().toHexDigits(key.high()) + HexFormat.of().toHexDigits(key.low());
    }

    private static HashKey key(String hex) {
        return HashKey.of(new BigInteger(hex, 16));
    }

    private static OptionalInt optionalInt(JsonNode json, String name) {
        return json.has(name) ? OptionalInt.of((int) number(json, name)) : OptionalInt.empty();
    }

    static String text(JsonNode json, String name) {
        var field = field(json, name);
        if (!field.isTextual()) {
            throw new IllegalArgumentException(name + " is no text");
        }
        return field.asText();
    }

    static long number(JsonNode json, String name) {
        var field = field(json, name);
        if (!field.isIntegralNumber()) {
            throw new IllegalArgumentException(name + " is no number");
        }
        return field.asLong();
    }

    private static JsonNode field(JsonNode json, String name) {
        var field = json.get(name);
        if (field == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return field;
    }
}
