package io.headrace.router.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.eventstream.Message;
import software.amazon.eventstream.MessageDecoder;

/** Read back with the decoder the AWS SDK uses. */
class EventStreamMessageTest {
    private static Message decoded(Buffer buffer) {
        var decoder = new MessageDecoder();
        decoder.feed(buffer.getBytes());
        var messages = decoder.getDecodedMessages();
        assertThat(messages).hasSize(1);
        return messages.getFirst();
    }

    private static Map<String, String> headers(Message message) {
        var headers = new HashMap<String, String>();
        message.getHeaders().forEach((name, value) -> headers.put(name, value.getString()));
        return headers;
    }

    @ParameterizedTest
    @EnumSource
    void initialResponse(WireFormat format) {
        var message = decoded(EventStreamMessage.initialResponse(format));
        assertThat(headers(message))
                .containsOnly(
                        entry(":message-type", "event"),
                        entry(":event-type", "initial-response"),
                        entry(":content-type", format.contentType()));
        assertThat(
                        PojoCodec.read(
                                format,
                                message.getPayload(),
                                KinesisModel.response("SubscribeToShard")))
                .isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void eventOnTheModel(WireFormat format) {
        for (long seed = 1; seed <= 50; seed++) {
            var event = new RandomPojo(new Random(seed)).fill(eventBuilder());
            var message = decoded(EventStreamMessage.event("SubscribeToShardEvent", format, event));
            assertThat(headers(message))
                    .containsOnly(
                            entry(":message-type", "event"),
                            entry(":event-type", "SubscribeToShardEvent"),
                            entry(":content-type", format.contentType()));
            assertThat(PojoCodec.read(format, message.getPayload(), eventBuilder()))
                    .isEqualTo(event);
        }
    }

    private static SubscribeToShardEvent.Builder eventBuilder() {
        return SubscribeToShardEvent.builder();
    }

    @Test
    void payloadsOfAnyLengthWhateverWasExpected() {
        var random = new Random(3);
        for (int length : new int[] {0, 1, 100, 4096, 100_000, 2_000_000}) {
            var payload = new byte[length];
            random.nextBytes(payload);
            for (int expected : new int[] {0, length}) {
                var message =
                        decoded(
                                EventStreamMessage.event(
                                        "SubscribeToShardEvent",
                                        WireFormat.JSON,
                                        expected,
                                        buffer -> {
                                            int half = length / 2;
                                            buffer.appendBytes(payload, 0, half);
                                            buffer.appendBytes(payload, half, length - half);
                                        }));
                assertThat(message.getPayload()).isEqualTo(payload);
            }
        }
    }

    @Test
    void messagesFollowEachOther() {
        var both =
                Buffer.buffer()
                        .appendBuffer(EventStreamMessage.initialResponse(WireFormat.CBOR))
                        .appendBuffer(EventStreamMessage.initialResponse(WireFormat.JSON));
        var decoder = new MessageDecoder();
        for (byte b : both.getBytes()) {
            decoder.feed(new byte[] {b});
        }
        assertThat(decoder.getDecodedMessages()).hasSize(2);
    }

    @Test
    void damageIsNoticed() {
        var bytes = EventStreamMessage.initialResponse(WireFormat.JSON).getBytes();
        bytes[bytes.length - 5] ^= 1;
        assertThatThrownBy(() -> decoded(Buffer.buffer(bytes))).hasMessageContaining("checksum");
    }

    @Test
    void exceptions() {
        var message =
                decoded(
                        EventStreamMessage.exception(
                                new ErrorAnswer(400, "ResourceInUseException", "taken \"over\""),
                                WireFormat.JSON));
        assertThat(headers(message))
                .containsOnly(
                        entry(":message-type", "exception"),
                        entry(":exception-type", "ResourceInUseException"),
                        entry(":content-type", "application/x-amz-json-1.1"));
        assertThat(new String(message.getPayload(), UTF_8))
                .isEqualTo("{\"message\":\"taken \\\"over\\\"\"}");
        assertThat(
                        headers(
                                decoded(
                                        EventStreamMessage.exception(
                                                new ErrorAnswer(500, "InternalFailure", null),
                                                WireFormat.CBOR))))
                .containsEntry(":exception-type", "InternalFailureException");
    }
}
