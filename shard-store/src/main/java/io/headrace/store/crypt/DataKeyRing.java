package io.headrace.store.crypt;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.store.RefusedException;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A stream's data keys as they are stored, wrapped, by ascending number:
 *
 * <pre>
 * {"format":1,"writer":"...","keys":[{"number":1,"masterKey":"alias/aws/kinesis",
 *     "masterVersion":"5f0c...","wrapped":"(nonce, ciphertext, tag; base64)","blocksReserved":16777216}]}
 * </pre>
 */
record DataKeyRing(String writer, List<Wrapped> keys) {
    static final int FORMAT = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    DataKeyRing {
        keys = List.copyOf(keys);
    }

    /** {@code secret} is base64 of what {@link AesGcm#wrap} gave. */
    record Wrapped(
            int number,
            String masterKey,
            String masterVersion,
            String secret,
            long blocksReserved) {
        Wrapped {
            if (number < 1 || blocksReserved < 0) {
                throw new IllegalArgumentException("data key " + number);
            }
        }
    }

    Optional<Wrapped> find(int number) {
        return keys.stream().filter(key -> key.number() == number).findFirst();
    }

    /** What binds a wrapped key to its stream and number. */
    static byte[] authenticated(long streamId, int number) {
        var name = "headrace data key".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(12 + name.length)
                .putLong(streamId)
                .putInt(number)
                .put(name)
                .array();
    }

    ByteBuffer encode() {
        var root = JSON.createObjectNode();
        root.put("format", FORMAT);
        root.put("writer", writer);
        var array = root.putArray("keys");
        for (var key : keys) {
            array.addObject()
                    .put("number", key.number())
                    .put("masterKey", key.masterKey())
                    .put("masterVersion", key.masterVersion())
                    .put("wrapped", key.secret())
                    .put("blocksReserved", key.blocksReserved());
        }
        try {
            return ByteBuffer.wrap(JSON.writeValueAsBytes(root));
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't fail to be written", e);
        }
    }

    static DataKeyRing decode(String where, ByteBuffer content) {
        try {
            var root = JSON.readTree(AesGcm.bytes(content));
            int format = root.path("format").asInt();
            if (format > FORMAT) {
                throw RefusedException.fault(
                        "%s has data key format %d; this build reads up to %d: a newer Headrace wrote it"
                                .formatted(where, format, FORMAT),
                        null);
            }
            if (format != FORMAT) {
                throw new IllegalArgumentException("format " + format);
            }
            var keys = new ArrayList<Wrapped>();
            for (var key : root.path("keys")) {
                keys.add(
                        new Wrapped(
                                key.path("number").asInt(),
                                key.path("masterKey").asText(),
                                key.path("masterVersion").asText(),
                                key.path("wrapped").asText(),
                                key.path("blocksReserved").asLong()));
            }
            return new DataKeyRing(root.path("writer").asText(), keys);
        } catch (IOException | IllegalArgumentException e) {
            throw new DamagedBlockException(where + " holds no data keys: " + e.getMessage(), e);
        }
    }
}
