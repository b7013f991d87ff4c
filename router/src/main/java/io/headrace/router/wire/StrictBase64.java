package io.headrace.router.wire;

import java.util.Base64;

/**
 * Base64 as AWS takes it: padded, no line breaks, no bits set that no byte holds. The JDK's decoder
 * lets the first and the last through. Any thread.
 */
final class StrictBase64 {
    /** More of a broken value than this helps nobody. */
    private static final int QUOTED_CHARS_MAX = 256;

    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private StrictBase64() {}

    /**
     * The bytes of a text.
     *
     * @throws WireException a SerializationException in AWS's words
     */
    static byte[] decode(String text) {
        int length = text.length();
        if (length % 4 != 0) {
            throw broken(
                    text,
                    "Base64 encoded length is expected a multiple of 4 bytes but found: " + length);
        }
        int padding = 0;
        while (padding < 2 && padding < length && text.charAt(length - 1 - padding) == '=') {
            padding++;
        }
        var bytes = decodeLeniently(text, padding);
        int unusedBits = padding == 1 ? 0b11 : 0b1111;
        if (padding > 0
                && (ALPHABET.indexOf(text.charAt(length - padding - 1)) & unusedBits) != 0) {
            // Spelt as AWS spells it.
            throw broken(text, "Invalid last non-pad Base64 character dectected");
        }
        return bytes;
    }

    private static byte[] decodeLeniently(String text, int padding) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw broken(text, "Invalid Base64 character: '" + firstInvalid(text, padding) + "'");
        }
    }

    private static char firstInvalid(String text, int padding) {
        int at = 0;
        while (at < text.length() - padding - 1 && ALPHABET.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return text.charAt(at);
    }

    private static WireException broken(String text, String why) {
        var quoted =
                text.length() > QUOTED_CHARS_MAX
                        ? text.substring(0, QUOTED_CHARS_MAX) + "..."
                        : text;
        return WireException.serialization(
                "'" + quoted + "' can not be converted to a Blob: " + why);
    }
}
