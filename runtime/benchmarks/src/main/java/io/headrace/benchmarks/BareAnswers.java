package io.headrace.benchmarks;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** What {@link BareEndpoint} answers, always the same. */
final class BareAnswers {
    private static final Map<String, Answer> ANSWERS =
            Map.of(
                    "PutRecords",
                    out -> {
                        out.writeNumberField("FailedRecordCount", 0);
                        out.writeArrayFieldStart("Records");
                        out.writeEndArray();
                    },
                    "DescribeStreamSummary",
                    out -> {
                        out.writeObjectFieldStart("StreamDescriptionSummary");
                        out.writeStringField("StreamStatus", "ACTIVE");
                        out.writeEndObject();
                    },
                    "ListShards",
                    BareAnswers::shards);
    private static final Answer EMPTY = out -> {};
    private static final Buffer JSON_EMPTY = encode(EMPTY, false);
    private static final Buffer CBOR_EMPTY = encode(EMPTY, true);
    private static final Map<String, Buffer> JSON = encoded(false);
    private static final Map<String, Buffer> CBOR = encoded(true);

    private interface Answer {
        void write(JsonGenerator out) throws IOException;
    }

    private BareAnswers() {}

    static Buffer of(String operation, boolean cbor) {
        var answers = cbor ? CBOR : JSON;
        return answers.getOrDefault(operation, cbor ? CBOR_EMPTY : JSON_EMPTY);
    }

    private static Map<String, Buffer> encoded(boolean cbor) {
        var encoded = new HashMap<String, Buffer>();
        ANSWERS.forEach((operation, answer) -> encoded.put(operation, encode(answer, cbor)));
        return Map.copyOf(encoded);
    }

    private static Buffer encode(Answer answer, boolean cbor) {
        var bytes = new ByteArrayOutputStream();
        try (var out =
                cbor
                        ? BareEndpoint.CBOR.createGenerator(bytes)
                        : BareEndpoint.JSON.createGenerator(bytes)) {
            out.writeStartObject();
            answer.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    private static void shards(JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("Shards");
        out.writeStartObject();
        out.writeStringField("ShardId", "shardId-000000000000");
        out.writeObjectFieldStart("SequenceNumberRange");
        out.writeStringField("StartingSequenceNumber", "0");
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndArray();
    }
}
