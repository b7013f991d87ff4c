package io.headrace.client.bench;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark needs to know of an answer, found without parsing it. Members may stand in any
 * order, so what is not near an end is searched for everywhere.
 */
final class Answer {
    private static final Pattern FAILED = new Pattern("FailedRecordCount");
    private static final Pattern ERROR_CODE = new Pattern("ErrorCode");
    private static final Pattern SEQUENCE = new Pattern("SequenceNumber");
    private static final Pattern NEXT = new Pattern("NextShardIterator");
    private static final Pattern BEHIND = new Pattern("MillisBehindLatest");
    private static final int NEAR = 1 << 10;

    private Answer() {}

    /** How many records of a PutRecords were refused. */
    static int failedRecords(Wire wire, byte[] body, int from, int end) {
        int at = member(FAILED, body, from, end);
        if (at < 0) {
            return ERROR_CODE.count(body, from, end);
        }
        return (int) number(wire, body, at);
    }

    /** How many records a GetRecords answer carries. */
    static int records(byte[] body, int from, int end) {
        return SEQUENCE.count(body, from, end);
    }

    static @Nullable String nextIterator(Wire wire, byte[] body, int from, int end) {
        int at = member(NEXT, body, from, end);
        return at < 0 ? null : text(wire, body, at);
    }

    static long millisBehind(Wire wire, byte[] body, int from, int end) {
        int at = member(BEHIND, body, from, end);
        return at < 0 ? 0 : number(wire, body, at);
    }

    /** The place after a member's name, or -1. */
    private static int member(Pattern name, byte[] body, int from, int end) {
        int at = name.find(body, from, Math.min(end, from + NEAR));
        if (at < 0) {
            at = name.find(body, Math.max(from, end - NEAR), end);
        }
        if (at < 0) {
            at = name.find(body, from, end);
        }
        return at < 0 ? -1 : at + name.length();
    }

    private static long number(Wire wire, byte[] body, int at) {
        return switch (wire) {
            case JSON -> {
                int digit = at + 1;
                while (body[digit] == ':' || body[digit] == ' ') {
                    digit++;
                }
                long value = 0;
                for (; body[digit] >= '0' && body[digit] <= '9'; digit++) {
                    value = value * 10 + body[digit] - '0';
                }
                yield value;
            }
            case CBOR -> cborLength(body, at);
        };
    }

    private static @Nullable String text(Wire wire, byte[] body, int at) {
        return switch (wire) {
            case JSON -> {
                int open = at + 1;
                while (body[open] == ':' || body[open] == ' ') {
                    open++;
                }
                if (body[open] != '"') {
                    yield null;
                }
                int close = open + 1;
                while (body[close] != '"') {
                    close++;
                }
                yield ascii(body, open + 1, close);
            }
            case CBOR -> {
                if ((body[at] & 0xe0) != 0x60) {
                    yield null;
                }
                int size = (int) cborLength(body, at);
                int start = at + 1 + cborExtra(body[at] & 0x1f);
                yield ascii(body, start, start + size);
            }
        };
    }

    private static String ascii(byte[] body, int from, int to) {
        return new String(body, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static int cborExtra(int low) {
        return low < 24 ? 0 : 1 << (low - 24);
    }

    private static long cborLength(byte[] body, int at) {
        int low = body[at] & 0x1f;
        if (low < 24) {
            return low;
        }
        long value = 0;
        for (int i = 1; i <= cborExtra(low); i++) {
            value = value << 8 | (body[at + i] & 0xff);
        }
        return value;
    }
}
