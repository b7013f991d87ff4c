package io.headrace.node.settings;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Writes a piece of a configuration file as JSON: policies are JSON to everyone else. */
final class JsonText {
    private JsonText() {}

    static String of(ConfigNode node) {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            write(node, json);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text.toString();
    }

    private static void write(ConfigNode node, JsonGenerator json) throws IOException {
        switch (node) {
            case ConfigNode.Nothing _ -> json.writeNull();
            case ConfigNode.Scalar scalar -> write(scalar, json);
            case ConfigNode.Sequence sequence -> {
                json.writeStartArray();
                for (var item : sequence.items()) {
                    write(item, json);
                }
                json.writeEndArray();
            }
            case ConfigNode.Mapping mapping -> {
                json.writeStartObject();
                for (var member : mapping.members().entrySet()) {
                    json.writeFieldName(member.getKey());
                    write(member.getValue(), json);
                }
                json.writeEndObject();
            }
        }
    }

    // Numbers stay texts: an account id must keep its zeros, and policies compare texts anyway.
    private static void write(ConfigNode.Scalar scalar, JsonGenerator json) throws IOException {
        if (!scalar.quoted() && (scalar.plain().equals("true") || scalar.plain().equals("false"))) {
            json.writeBoolean(Boolean.parseBoolean(scalar.plain()));
        } else {
            json.writeString(scalar.plain());
        }
    }
}
