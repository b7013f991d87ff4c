package io.headrace.store.shard;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.store.segment.ListRef;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentSpan;
import java.io.IOException;

/** Segments and lists as a manifest or a list names them: a list says its level. Any thread. */
final class SpanJson {
    private SpanJson() {}

    static void write(JsonGenerator json, SegmentSpan span) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", span.name());
        if (span instanceof ListRef list) {
            json.writeNumberField("level", list.level());
            json.writeNumberField("segments", list.segments());
            json.writeNumberField("lists", list.lists());
        }
        json.writeNumberField("firstIndex", span.firstIndex());
        json.writeNumberField("nextIndex", span.nextIndex());
        json.writeNumberField("firstArrivalMs", span.firstArrivalMs());
        json.writeNumberField("lastArrivalMs", span.lastArrivalMs());
        json.writeNumberField("rawBytes", span.rawBytes());
        json.writeNumberField("storedBytes", span.storedBytes());
        json.writeEndObject();
    }

    static SegmentSpan read(JsonNode node) {
        var name = ManifestJson.text(node, "name");
        long firstIndex = ManifestJson.number(node, "firstIndex");
        long nextIndex = ManifestJson.number(node, "nextIndex");
        long firstArrivalMs = ManifestJson.number(node, "firstArrivalMs");
        long lastArrivalMs = ManifestJson.number(node, "lastArrivalMs");
        long rawBytes = ManifestJson.number(node, "rawBytes");
        long storedBytes = ManifestJson.number(node, "storedBytes");
        return node.has("level")
                ? new ListRef(
                        name,
                        Math.toIntExact(ManifestJson.number(node, "level")),
                        ManifestJson.number(node, "segments"),
                        ManifestJson.number(node, "lists"),
                        firstIndex,
                        nextIndex,
                        firstArrivalMs,
                        lastArrivalMs,
                        rawBytes,
                        storedBytes)
                : new SegmentRef(
                        name,
                        firstIndex,
                        nextIndex,
                        firstArrivalMs,
                        lastArrivalMs,
                        rawBytes,
                        storedBytes);
    }
}
