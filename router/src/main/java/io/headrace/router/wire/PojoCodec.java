package io.headrace.router.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/**
 * Between a body's bytes and the AWS SDK's model classes, both ways, in both formats. What a class
 * looks like is read from its {@code sdkFields()} once. Any thread.
 *
 * <p>Reading is as strict as AWS: a value of another type than the member's is refused, a null is
 * an absent member, an unknown member is skipped. Writing leaves absent members out.
 */
public final class PojoCodec {
    private PojoCodec() {}

    /**
     * Decodes a body that is one structure.
     *
     * @throws WireException a SerializationException for any bytes that are not one
     */
    public static <T extends SdkPojo> T read(
            WireFormat format, byte[] body, SdkBuilder<?, T> builder) {
        if (!(builder instanceof SdkPojo members)) {
            throw new IllegalArgumentException(builder.getClass() + " builds no SdkPojo");
        }
        try (JsonParser parser = Formats.parser(format, body)) {
            expectStructure(parser);
            new PojoReader(format, parser, body.length).readMembers(members);
            if (parser.nextToken() != null) {
                throw WireException.serialization("The body goes on behind its structure");
            }
        } catch (IOException e) {
            throw notWellFormed(format, e);
        }
        return builder.build();
    }

    /**
     * Whether a body's structure has {@code member} as true. For members the service has and its
     * model classes have not yet, such as DryRun.
     *
     * @throws WireException a SerializationException if the body is no structure, or the member
     *     neither boolean nor null
     */
    public static boolean flag(WireFormat format, byte[] body, String member) {
        try (JsonParser parser = Formats.parser(format, body)) {
            expectStructure(parser);
            return new PojoReader(format, parser, body.length).findFlag(member);
        } catch (IOException e) {
            throw notWellFormed(format, e);
        }
    }

    /** Encodes a structure as a whole body. */
    public static Buffer write(WireFormat format, SdkPojo pojo) {
        var out = new BufferStream(256);
        try (JsonGenerator generator = Formats.generator(format, out)) {
            new PojoWriter(format, generator).writeStructure(pojo);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.buffer();
    }

    private static void expectStructure(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw WireException.serialization("The body is no structure");
        }
    }

    /** Jackson's messages quote the body at length and name its own classes, so they stay here. */
    private static WireException notWellFormed(WireFormat format, IOException cause) {
        return WireException.serialization(
                cause instanceof CharacterCodingException
                        ? "The body is not UTF-8"
                        : "The body is not well-formed " + format);
    }
}
