package io.headrace.router.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The parsers and generators of both formats, with the bounds every body is read under. */
final class Formats {
    /** Far above any request of the models, far below what could hurt a stack. */
    static final int DEPTH_MAX = 100;

    /** A body of 14 MiB may be one blob. */
    private static final int STRING_CHARS_MAX = 32 << 20;

    private static final int NAME_CHARS_MAX = 50_000;
    private static final int NUMBER_CHARS_MAX = 200;

    private static final StreamReadConstraints CONSTRAINTS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxStringLength(STRING_CHARS_MAX)
                    .maxNameLength(NAME_CHARS_MAX)
                    .maxNumberLength(NUMBER_CHARS_MAX)
                    .build();

    /**
     * Names are neither interned nor kept in the factory's table, which outlives a request: a
     * caller's made-up names would pile up there.
     */
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(CONSTRAINTS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build();

    private static final CBORFactory CBOR =
            CBORFactory.builder()
                    .streamReadConstraints(CONSTRAINTS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build();

    private Formats() {}

    /**
     * A parser of one body, to be closed.
     *
     * @throws java.nio.charset.CharacterCodingException if a JSON body is not UTF-8; Jackson itself
     *     would let overlong forms and lone surrogates pass, and guess at UTF-16 and UTF-32
     */
    static JsonParser parser(WireFormat format, byte[] body) throws IOException {
        return switch (format) {
            case JSON -> {
                var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
                yield JSON.createParser(
                        text.array(), text.arrayOffset() + text.position(), text.remaining());
            }
            case CBOR -> CBOR.createParser(body);
        };
    }

    static JsonGenerator generator(WireFormat format, OutputStream out) throws IOException {
        return switch (format) {
            case JSON -> JSON.createGenerator(out);
            case CBOR -> CBOR.createGenerator(out);
        };
    }
}
