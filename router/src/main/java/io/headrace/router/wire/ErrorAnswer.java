package io.headrace.router.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An error as it leaves the node.
 *
 * @param type the name in {@code __type}, without a namespace
 * @param message for the caller; null where AWS sends none
 */
public record ErrorAnswer(int status, String type, @Nullable String message) {
    /** The body, {@code {"__type":…,"message":…}}. */
    public Buffer body(WireFormat format) {
        var out = new BufferStream(96 + (message == null ? 0 : message.length()));
        try (JsonGenerator generator = Formats.generator(format, out)) {
            generator.writeStartObject();
            generator.writeStringField("__type", type);
            if (message != null) {
                generator.writeStringField(messageMember(), message);
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.buffer();
    }

    /**
     * The XML body for a request that names no operation and so no format, with its status;
     * Content-Type is {@code application/xml}.
     */
    public Buffer xmlBody() {
        var text =
                message == null
                        ? "<" + type + "/>\n"
                        : "<"
                                + type
                                + ">\n  <Message>"
                                + escape(message)
                                + "</Message>\n</"
                                + type
                                + ">\n";
        return Buffer.buffer(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Recorded on AWS: its parser's own errors carry a capital M, those of the service do not. */
    private String messageMember() {
        return type.equals("SerializationException") ? "Message" : "message";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
