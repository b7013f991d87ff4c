package io.headrace.client.put;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.client.CommandFailure;
import java.io.IOException;

/** Which partition key a record gets. */
@FunctionalInterface
interface KeyChooser {
    int KEY_CHARACTERS_MAX = 256;

    String keyOf(byte[] data, long number);

    static KeyChooser fixed(String key) {
        return (data, number) -> key;
    }

    /** Spreads records over the shards; the same input gets the same keys again. */
    static KeyChooser spread() {
        return (data, number) -> Long.toHexString(mix(number));
    }

    /** The value that a pointer (RFC 6901) finds in a JSON record. */
    static KeyChooser pointed(String pointer) {
        var compiled = JsonPointer.compile(pointer);
        var mapper = new ObjectMapper();
        return (data, number) -> {
            JsonNode found;
            try {
                found = mapper.readTree(data).at(compiled);
            } catch (IOException e) {
                throw CommandFailure.usage("record " + number + " is not JSON, so it has no key");
            }
            var key = found.isValueNode() && !found.isNull() ? found.asText() : "";
            if (key.isEmpty() || key.length() > KEY_CHARACTERS_MAX) {
                throw CommandFailure.usage(
                        "record "
                                + number
                                + " has no key of 1 to "
                                + KEY_CHARACTERS_MAX
                                + " characters at "
                                + pointer);
            }
            return key;
        };
    }

    private static long mix(long number) {
        // SplitMix64's finisher: consecutive numbers land far apart.
        long z = (number + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
