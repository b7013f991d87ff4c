package io.headrace.cluster.wire;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Puts messages on the event bus as {@link MessageFormat} has them. Decoding never throws, since
 * the bus would drop the connection's other messages with it.
 */
final class LetterCodec implements MessageCodec<MessageFormat.Letter, MessageFormat.Letter> {
    static final String NAME = "headrace";

    @Override
    public void encodeToWire(Buffer buffer, MessageFormat.Letter letter) {
        buffer.appendBytes(MessageFormat.encode(letter));
    }

    @Override
    public MessageFormat.Letter decodeFromWire(int position, Buffer buffer) {
        int room = buffer.length() - position;
        int length =
                room < MessageFormat.HEADER_BYTES
                        ? room
                        : buffer.getInt(position + MessageFormat.LENGTH_AT);
        // The body is the last that the bus writes; a wrong length is seen when it is decoded.
        int taken = length < 0 || length > room ? room : length;
        return MessageFormat.decode(buffer.getBytes(position, position + taken));
    }

    @Override
    public MessageFormat.Letter transform(MessageFormat.Letter letter) {
        return letter;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
