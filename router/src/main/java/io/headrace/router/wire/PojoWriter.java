package io.headrace.router.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;

/** Writes structures to one generator. For one thread. */
final class PojoWriter {
    /** The CBOR tag of a point in time; AWS puts milliseconds behind it. */
    private static final int TIME_TAG = 1;

    private final WireFormat format;
    private final JsonGenerator generator;

    PojoWriter(WireFormat format, JsonGenerator generator) {
        this.format = format;
        this.generator = generator;
    }

    void writeStructure(SdkPojo pojo) throws IOException {
        generator.writeStartObject();
        for (var member : PojoPlan.of(pojo).members()) {
            var value = member.get(pojo);
            if (value != null && !isUnset(value)) {
                generator.writeFieldName(member.name());
                write(member.shape(), value);
            }
        }
        generator.writeEndObject();
    }

    /** A list or map nobody set reads as an empty one, but is no member of the answer. */
    private static boolean isUnset(Object value) {
        return value instanceof SdkAutoConstructList || value instanceof SdkAutoConstructMap;
    }

    private void write(Shape shape, Object value) throws IOException {
        switch (shape) {
            case Shape.Scalar scalar -> writeScalar(scalar, value);
            case Shape.Structure ignored -> writeStructure((SdkPojo) value);
            case Shape.Sequence sequence -> {
                generator.writeStartArray();
                for (var element : (List<?>) value) {
                    write(sequence.element(), element);
                }
                generator.writeEndArray();
            }
            case Shape.Dictionary dictionary -> {
                generator.writeStartObject();
                for (var entry : ((Map<?, ?>) value).entrySet()) {
                    generator.writeFieldName((String) entry.getKey());
                    write(dictionary.value(), entry.getValue());
                }
                generator.writeEndObject();
            }
        }
    }

    private void writeScalar(Shape.Scalar scalar, Object value) throws IOException {
        switch (scalar) {
            case TEXT -> generator.writeString((String) value);
            case BOOLEAN -> generator.writeBoolean((Boolean) value);
            case INTEGER -> generator.writeNumber((Integer) value);
            case LONG -> generator.writeNumber((Long) value);
            case DOUBLE -> generator.writeNumber((Double) value);
            case TIMESTAMP -> writeTimestamp((Instant) value);
            case BLOB -> generator.writeBinary(((SdkBytes) value).asByteArrayUnsafe());
        }
    }

    private void writeTimestamp(Instant value) throws IOException {
        long ms = value.toEpochMilli();
        switch (format) {
            case JSON -> {
                // Plain digits: some clients read no exponents.
                var seconds = BigDecimal.valueOf(ms, 3).stripTrailingZeros();
                generator.writeNumber(seconds.toPlainString());
            }
            case CBOR -> {
                ((CBORGenerator) generator).writeTag(TIME_TAG);
                generator.writeNumber(ms);
            }
        }
    }
}
