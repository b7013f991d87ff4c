package io.headrace.router.auth;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A parameter of a query, percent-decoded into one char per byte. A plus sign is a plus sign here,
 * as in SigV4, not a space.
 */
record QueryParameter(String name, String value) {
    private static final String HEX = "0123456789ABCDEF";

    static List<QueryParameter> parse(String rawQuery) {
        var parameters = new ArrayList<QueryParameter>();
        for (var pair : rawQuery.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                parameters.add(
                        new QueryParameter(
                                decode(equals < 0 ? pair : pair.substring(0, equals)),
                                equals < 0 ? "" : decode(pair.substring(equals + 1))));
            }
        }
        return parameters;
    }

    /** Sorted by encoded name, then encoded value; without the signature itself. */
    static String canonical(String rawQuery) {
        var encoded = new ArrayList<QueryParameter>();
        for (var parameter : parse(rawQuery)) {
            if (!parameter.name.equals(PresignedQuery.SIGNATURE)) {
                encoded.add(
                        new QueryParameter(
                                encode(parameter.name, false), encode(parameter.value, false)));
            }
        }
        encoded.sort(
                Comparator.comparing(QueryParameter::name).thenComparing(QueryParameter::value));
        var joined = new StringBuilder();
        for (var parameter : encoded) {
            joined.append(joined.isEmpty() ? "" : "&")
                    .append(parameter.name)
                    .append('=')
                    .append(parameter.value);
        }
        return joined.toString();
    }

    /**
     * Every byte but the unreserved characters, and slashes where asked, as %XX. A character that
     * is no byte stays, to be refused later.
     */
    static String encode(String text, boolean keepSlashes) {
        var encoded = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean unreserved =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || "-_.~".indexOf(c) >= 0;
            boolean noByte = c > 0xFF;
            if (unreserved || noByte || (keepSlashes && c == '/')) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.charAt(c >> 4 & 0xF)).append(HEX.charAt(c & 0xF));
            }
        }
        return encoded.toString();
    }

    /** What is no escape stays as it is. */
    private static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        var bytes = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int high = c == '%' && at + 2 < text.length() ? digit(text.charAt(at + 1)) : -1;
            int low = high < 0 ? -1 : digit(text.charAt(at + 2));
            if (low < 0) {
                bytes.append(c);
                at++;
            } else {
                bytes.append((char) (high << 4 | low));
                at += 3;
            }
        }
        return bytes.toString();
    }

    private static int digit(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }
}
