package io.headrace.router.codec;

import io.headrace.router.wire.WireFormat;
import java.nio.charset.StandardCharsets;

/**
 * Finds the DryRun member, which the newest clients may send and the model classes do not know yet,
 * at the top of a small request.
 */
public final class DryRun {
    private static final String MEMBER = "DryRun";

    private DryRun() {}

    /**
     * True if the request only asks whether it would succeed.
     *
     * @throws io.headrace.router.wire.WireException SerializationException if the bytes are not a
     *     request
     */
    public static boolean isSet(byte[] body, WireFormat format) {
        return switch (format) {
            case JSON -> inJson(new JsonScanner(body));
            case CBOR -> inCbor(new CborScanner(body));
        };
    }

    private static boolean inJson(JsonScanner scanner) {
        boolean set = false;
        scanner.expect('{');
        if (scanner.take('}')) {
            return false;
        }
        do {
            scanner.readString();
            boolean found = isMember(scanner.text, scanner.textOffset, scanner.textLength);
            scanner.expect(':');
            if (found && !scanner.takeNull()) {
                set = scanner.readBoolean();
            } else if (!found) {
                scanner.skipValue(1);
            }
        } while (scanner.take(','));
        return set;
    }

    private static boolean inCbor(CborScanner scanner) {
        boolean set = false;
        long left = scanner.begin(CborScanner.MAP);
        while (scanner.more(left)) {
            scanner.readString(CborScanner.TEXT);
            boolean found = isMember(scanner.text, scanner.textOffset, scanner.textLength);
            if (found && !scanner.takeNull()) {
                set = scanner.readBoolean();
            } else if (!found) {
                scanner.skipValue(1);
            }
            left = CborScanner.lessOne(left);
        }
        return set;
    }

    private static boolean isMember(byte[] text, int offset, int length) {
        return length == MEMBER.length()
                && new String(text, offset, length, StandardCharsets.ISO_8859_1).equals(MEMBER);
    }
}
