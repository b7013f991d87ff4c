package io.headrace.router.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Reads one body into builders. The messages are AWS's own, as recorded from Kinesis. For one
 * thread.
 */
final class PojoReader {
    /** The end of year 9999, which nothing later reckons with. */
    private static final long EPOCH_MS_MAX = 253_402_300_799_999L;

    private static final double LONG_LIMIT = 0x1p63;

    private final WireFormat format;
    private final JsonParser parser;

    /**
     * Characters of text still allowed: no more than the body has bytes. CBOR lets a body name a
     * text again by a reference of three bytes, so that a few megabytes could cost a terabyte to
     * read.
     */
    private long textLeft;

    PojoReader(WireFormat format, JsonParser parser, int bodyBytes) {
        this.format = format;
        this.parser = parser;
        this.textLeft = bodyBytes;
    }

    /** Reads members up to the structure's end; its start has been read. */
    void readMembers(SdkPojo builder) throws IOException {
        var plan = PojoPlan.of(builder);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var member = plan.member(parser.currentName());
            var token = parser.nextToken();
            if (member == null) {
                parser.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                member.field().set(builder, value(member.shape()));
            }
        }
    }

    /** Looks a boolean member up; the structure's start has been read. */
    boolean findFlag(String name) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = parser.currentName().equals(name);
            if (parser.nextToken() == JsonToken.VALUE_NULL || !found) {
                parser.skipChildren();
            } else {
                return (Boolean) scalar(Shape.Scalar.BOOLEAN);
            }
        }
        return false;
    }

    private Object value(Shape shape) throws IOException {
        return switch (shape) {
            case Shape.Scalar scalar -> scalar(scalar);
            case Shape.Sequence sequence -> list(sequence.element());
            case Shape.Dictionary dictionary -> map(dictionary.value());
            case Shape.Structure structure -> structure(structure);
        };
    }

    private Object structure(Shape.Structure structure) throws IOException {
        expectStart(JsonToken.START_OBJECT, "Expected null");
        var builder = structure.builder().get();
        readMembers(builder);
        return ((Buildable) builder).build();
    }

    private List<Object> list(Shape element) throws IOException {
        expectStart(JsonToken.START_ARRAY, "Expected list or null");
        var list = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(part(element));
        }
        return list;
    }

    private Map<String, Object> map(Shape value) throws IOException {
        expectStart(JsonToken.START_OBJECT, "Expected map or null");
        var map = new LinkedHashMap<String, Object>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var key = wellFormed(parser.currentName());
            parser.nextToken();
            map.put(key, part(value));
        }
        return map;
    }

    /** No list or map of the models is sparse. */
    private Object part(Shape shape) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            throw WireException.serialization("A list or map can not hold a null");
        }
        return value(shape);
    }

    private void expectStart(JsonToken start, String otherwise) {
        if (parser.currentToken() != start) {
            rejectContainers();
            throw WireException.serialization(otherwise);
        }
    }

    private void rejectContainers() {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            throw WireException.serialization("Start of list found where not expected");
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            throw WireException.serialization(
                    "Start of structure or map found where not expected.");
        }
    }

    private Object scalar(Shape.Scalar scalar) throws IOException {
        rejectContainers();
        return switch (scalar) {
            case TEXT -> text();
            case BOOLEAN -> bool();
            case INTEGER -> (int) integer("an Integer", Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> integer("an Long", Long.MIN_VALUE, Long.MAX_VALUE);
            case DOUBLE -> real("an Double");
            case TIMESTAMP -> timestamp();
            case BLOB -> blob();
        };
    }

    private String text() throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw unconvertible("an String");
        }
        return wellFormed(parser.getText());
    }

    /** A lone surrogate would change when it is written as UTF-8 again. */
    private String wellFormed(@Nullable String text) {
        if (text == null) {
            throw WireException.serialization("A key is missing");
        }
        textLeft -= text.length();
        if (textLeft < 0) {
            throw WireException.serialization("The body holds more text than bytes");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw WireException.serialization("A string is not well-formed Unicode");
            }
        }
        return text;
    }

    private boolean bool() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw unconvertible("an Boolean");
        };
    }

    /** AWS cuts fractions off and so do we; what no long holds is refused. */
    private long integer(String type, long min, long max) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw outOfRange(type);
            }
            // AWS cuts a long to the ends of an integer and goes on.
            return Math.clamp(parser.getLongValue(), min, max);
        }
        double value = real(type);
        if (value < -LONG_LIMIT
                || value >= LONG_LIMIT
                || (long) value < min
                || (long) value > max) {
            throw outOfRange(type);
        }
        return (long) value;
    }

    private double real(String type) throws IOException {
        var token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NUMBER_INT) {
            throw unconvertible(type);
        }
        // A CBOR decimal fraction would be expanded to its exponent's length.
        if (parser.getNumberType() == JsonParser.NumberType.BIG_DECIMAL) {
            throw outOfRange(type);
        }
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw outOfRange(type);
        }
        return value;
    }

    /** Seconds with decimals in JSON, milliseconds in AWS's CBOR. */
    private Instant timestamp() throws IOException {
        var token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NUMBER_INT) {
            throw WireException.serialization(
                    className() + " can not be converted to milliseconds since epoch");
        }
        double value = real("a Timestamp");
        double ms = format == WireFormat.JSON ? value * 1000 : value;
        if (Math.abs(ms) > EPOCH_MS_MAX) {
            throw outOfRange("a Timestamp");
        }
        return Instant.ofEpochMilli(Math.round(ms));
    }

    private SdkBytes blob() throws IOException {
        var token = parser.currentToken();
        if (format == WireFormat.JSON && token == JsonToken.VALUE_STRING) {
            return SdkBytes.fromByteArrayUnsafe(StrictBase64.decode(parser.getText()));
        }
        if (format == WireFormat.CBOR && token == JsonToken.VALUE_EMBEDDED_OBJECT) {
            return SdkBytes.fromByteArrayUnsafe(parser.getBinaryValue());
        }
        throw unconvertible("a Blob");
    }

    private WireException outOfRange(String type) {
        return WireException.serialization("The number can not be converted to " + type);
    }

    private WireException unconvertible(String type) throws IOException {
        return WireException.serialization(className() + " can not be converted to " + type);
    }

    private String className() {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> "class java.lang.String";
            case VALUE_TRUE, VALUE_FALSE -> "class java.lang.Boolean";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    "class com.amazon.coral.value.json.numbers.TruncatingBigNumber";
            case VALUE_EMBEDDED_OBJECT -> "class java.nio.HeapByteBuffer";
            default -> "The value";
        };
    }
}
