package io.headrace.router.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import software.amazon.awssdk.core.SdkPojo;

/**
 * Whole messages of {@code application/vnd.amazon.eventstream}, big-endian:
 *
 * <pre>
 *  0  u32  length of the whole message
 *  4  u32  length of the headers, h
 *  8  u32  CRC-32 over bytes [0, 8)
 * 12  headers: repeated u8 name length, name, u8 type 7 (text), u16 value length, value
 * 12+h  payload
 * end-4  u32  CRC-32 over all bytes before it
 * </pre>
 *
 * Payloads are written in the request's format, and straight into the message. Any thread.
 */
public final class EventStreamMessage {
    /** The Content-Type of the answer that carries the messages. */
    public static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

    private static final int PRELUDE_BYTES = 12;
    private static final int CRC_BYTES = 4;
    private static final int TEXT_HEADER = 7;

    /** Few: event types and exception types of the services, times two formats. */
    private static final Map<HeadersKey, byte[]> HEADERS = new ConcurrentHashMap<>();

    private EventStreamMessage() {}

    /** The message every stream begins with. */
    public static Buffer initialResponse(WireFormat format) {
        return event(
                "initial-response",
                format,
                2,
                payload -> {
                    switch (format) {
                        case JSON -> payload.appendString("{}");
                        // An empty map of indefinite length, as AWS writes its structures.
                        case CBOR -> payload.appendBytes(new byte[] {(byte) 0xbf, (byte) 0xff});
                    }
                });
    }

    /**
     * An event whose payload is written into the message as it is made.
     *
     * @param type for example {@code SubscribeToShardEvent}
     * @param expectedBytes of the payload; a good guess saves copies, a bad one costs them
     * @param payload appends the payload to the buffer it is given, and does not keep it
     */
    public static Buffer event(
            String type, WireFormat format, int expectedBytes, Consumer<Buffer> payload) {
        var headers = headers(new HeadersKey("event", ":event-type", type, format));
        var message = begin(headers, expectedBytes);
        payload.accept(BufferInternal.buffer(message));
        return end(message, headers.length);
    }

    /** An event on the model classes. */
    public static Buffer event(String type, WireFormat format, SdkPojo payload) {
        var headers = headers(new HeadersKey("event", ":event-type", type, format));
        var message = begin(headers, 256);
        var out = new BufferStream(message);
        try (var generator = Formats.generator(format, out)) {
            new PojoWriter(format, generator).writeStructure(payload);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return end(message, headers.length);
    }

    /** The message that ends a stream which cannot go on. */
    public static Buffer exception(ErrorAnswer answer, WireFormat format) {
        // The only error whose name in event streams is not that in __type.
        var type =
                answer.type().equals("InternalFailure")
                        ? "InternalFailureException"
                        : answer.type();
        var headers = headers(new HeadersKey("exception", ":exception-type", type, format));
        var message = begin(headers, 128);
        var out = new BufferStream(message);
        try (var generator = Formats.generator(format, out)) {
            generator.writeStartObject();
            if (answer.message() != null) {
                generator.writeStringField("message", answer.message());
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return end(message, headers.length);
    }

    private static ByteBuf begin(byte[] headers, int payloadBytes) {
        var message = Unpooled.buffer(PRELUDE_BYTES + headers.length + payloadBytes + CRC_BYTES);
        return message.writeZero(PRELUDE_BYTES).writeBytes(headers);
    }

    private static Buffer end(ByteBuf message, int headersBytes) {
        message.setInt(0, message.writerIndex() + CRC_BYTES);
        message.setInt(4, headersBytes);
        message.setInt(8, crc(message, 8));
        message.writeInt(crc(message, message.writerIndex()));
        return BufferInternal.buffer(message);
    }

    private static int crc(ByteBuf message, int length) {
        var crc = new CRC32();
        crc.update(message.array(), message.arrayOffset(), length);
        return (int) crc.getValue();
    }

    private static byte[] headers(HeadersKey key) {
        return HEADERS.computeIfAbsent(key, EventStreamMessage::encode);
    }

    private static byte[] encode(HeadersKey key) {
        var headers = Unpooled.buffer(128);
        encode(headers, ":message-type", key.messageType());
        encode(headers, key.typeHeader(), key.type());
        encode(headers, ":content-type", key.format().contentType());
        var encoded = new byte[headers.readableBytes()];
        headers.readBytes(encoded);
        return encoded;
    }

    private static void encode(ByteBuf headers, String name, String value) {
        headers.writeByte(name.length());
        headers.writeCharSequence(name, StandardCharsets.US_ASCII);
        headers.writeByte(TEXT_HEADER);
        headers.writeShort(value.length());
        headers.writeCharSequence(value, StandardCharsets.US_ASCII);
    }

    private record HeadersKey(
            String messageType, String typeHeader, String type, WireFormat format) {}
}
