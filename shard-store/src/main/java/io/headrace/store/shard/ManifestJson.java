package io.headrace.store.shard;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.DamagedBlockException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/** The manifest's JSON; any thread. A field this version doesn't know is damage, not the future. */
final class ManifestJson {
    /** The first with lists; the one before is written as long as there are none. */
    static final int FORMAT = 2;

    private static final int FORMAT_WITHOUT_LISTS = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    private ManifestJson() {}

    static ByteBuffer write(Manifest manifest) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.getFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("format", formatOf(manifest));
            json.writeStringField(
                    "stream", HexFormat.of().toHexDigits(manifest.shard().streamId()));
            json.writeNumberField("shard", manifest.shard().number());
            json.writeNumberField("version", manifest.version());
            json.writeNumberField("epoch", manifest.epoch());
            json.writeNumberField("firstIndex", manifest.firstIndex());
            writeOptional(json, "endIndex", manifest.endIndex());
            json.writeNumberField("lastArrivalMs", manifest.lastArrivalMs());
            json.writeArrayFieldStart("segments");
            for (var segment : manifest.segments()) {
                SpanJson.write(json, segment);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("ranges");
            for (var range : manifest.ranges()) {
                json.writeStartObject();
                json.writeStringField("journal", range.journalId());
                json.writeNumberField("from", range.from());
                writeOptional(json, "to", range.to());
                json.writeNumberField("epoch", range.epoch());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectFieldStart("checkpoints");
            for (var checkpoint : new TreeMap<>(manifest.checkpoints()).entrySet()) {
                json.writeObjectFieldStart(checkpoint.getKey());
                writeCheckpoint(json, checkpoint.getValue());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't fail to be written", e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    static Manifest read(String where, ShardKey shard, VersionedObject.Version found) {
        var manifest = read(where + " version " + found.number(), found.content());
        if (!manifest.shard().equals(shard) || manifest.version() != found.number()) {
            throw new DamagedBlockException(
                    "%s version %d holds version %d of shard %s"
                            .formatted(
                                    where, found.number(), manifest.version(), manifest.shard()));
        }
        return manifest;
    }

    static Manifest read(String where, ByteBuffer content) {
        var bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        try {
            var root = JSON.readTree(bytes);
            long format = number(root, "format");
            if (format > FORMAT) {
                throw RefusedException.fault(
                        "%s has manifest format %d; this build reads up to %d: a newer Headrace wrote it"
                                .formatted(where, format, FORMAT),
                        null);
            }
            if (format < FORMAT_WITHOUT_LISTS) {
                throw new IllegalArgumentException("format " + format);
            }
            var manifest =
                    new Manifest(
                            new ShardKey(
                                    HexFormat.fromHexDigitsToLong(text(root, "stream")),
                                    Math.toIntExact(number(root, "shard"))),
                            number(root, "version"),
                            number(root, "epoch"),
                            number(root, "firstIndex"),
                            optional(root, "endIndex"),
                            number(root, "lastArrivalMs"),
                            list(root, "segments", SpanJson::read),
                            list(root, "ranges", ManifestJson::range),
                            checkpoints(root));
            if (format != formatOf(manifest)) {
                throw new IllegalArgumentException("format " + format + " does not fit the lists");
            }
            return manifest;
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new DamagedBlockException(where + " is no manifest: " + e.getMessage(), e);
        }
    }

    private static int formatOf(Manifest manifest) {
        boolean plain = manifest.segments().stream().allMatch(segment -> segment.level() == 0);
        return plain ? FORMAT_WITHOUT_LISTS : FORMAT;
    }

    private static void writeCheckpoint(JsonGenerator json, Checkpoint checkpoint)
            throws IOException {
        json.writeNumberField("index", checkpoint.index());
        json.writeNumberField("leaseEpoch", checkpoint.leaseEpoch());
        json.writeStringField("owner", checkpoint.owner());
        json.writeNumberField("leaseUntilMs", checkpoint.leaseUntilMs());
    }

    private static void writeOptional(JsonGenerator json, String field, OptionalLong value)
            throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(field, value.getAsLong());
        }
    }

    private static JournalRange range(JsonNode node) {
        return new JournalRange(
                text(node, "journal"),
                number(node, "from"),
                optional(node, "to"),
                number(node, "epoch"));
    }

    private static Map<String, Checkpoint> checkpoints(JsonNode root) {
        var checkpoints = new HashMap<String, Checkpoint>();
        for (var field : member(root, "checkpoints").properties()) {
            var node = field.getValue();
            checkpoints.put(
                    field.getKey(),
                    new Checkpoint(
                            number(node, "index"),
                            number(node, "leaseEpoch"),
                            text(node, "owner"),
                            number(node, "leaseUntilMs")));
        }
        return checkpoints;
    }

    static <T> List<T> list(JsonNode root, String field, Function<JsonNode, T> read) {
        var values = new ArrayList<T>();
        member(root, field).forEach(node -> values.add(read.apply(node)));
        return values;
    }

    private static OptionalLong optional(JsonNode node, String field) {
        return node.has(field) ? OptionalLong.of(number(node, field)) : OptionalLong.empty();
    }

    static long number(JsonNode node, String field) {
        var member = member(node, field);
        if (!member.isIntegralNumber() || !member.canConvertToLong()) {
            throw new IllegalArgumentException(field + " is " + member);
        }
        return member.longValue();
    }

    static String text(JsonNode node, String field) {
        var member = member(node, field);
        if (!member.isTextual()) {
            throw new IllegalArgumentException(field + " is " + member);
        }
        return member.textValue();
    }

    private static JsonNode member(JsonNode node, String field) {
        var member = node.get(field);
        if (member == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return member;
    }
}
