package io.headrace.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** How the commands print JSON: maps in, text out. */
public final class JsonText {
    private static final ObjectMapper COMPACT = new ObjectMapper();
    private static final ObjectMapper INDENTED =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonText() {}

    public static String line(Object value) {
        return write(COMPACT, value);
    }

    public static String indented(Object value) {
        return write(INDENTED, value);
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not printable as JSON: " + value.getClass(), e);
        }
    }
}
