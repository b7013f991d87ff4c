package io.headrace.store.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** The n-th part of an object, all of one length but the last. */
record Piece(Of object, int number) {
    private static final Pattern FILE_NAME = Pattern.compile("([0-9a-f]{32})-(\\d{1,9})");

    /** An object by a digest of its name: there are many pieces, and a name is long. */
    record Of(long high, long low) {
        static Of name(String name) {
            var digest = ByteBuffer.wrap(sha256(name));
            return new Of(digest.getLong(), digest.getLong());
        }

        String hex() {
            return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
        }
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    String fileName() {
        return object.hex() + "-" + number;
    }

    static Optional<Piece> ofFileName(String name) {
        var match = FILE_NAME.matcher(name);
        if (!match.matches()) {
            return Optional.empty();
        }
        var hex = match.group(1);
        var object =
                new Of(
                        HexFormat.fromHexDigitsToLong(hex, 0, 16),
                        HexFormat.fromHexDigitsToLong(hex, 16, 32));
        return Optional.of(new Piece(object, Integer.parseInt(match.group(2))));
    }
}
