package io.headrace.router.wire;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;

/**
 * Values as AWS prints them in a violation, but cut off: AWS sends them back in full, and a CBOR
 * body can name one long text a million times.
 */
final class PrintedValue {
    private static final int CHARS_MAX = 4096;

    private final StringBuilder text = new StringBuilder();

    private PrintedValue() {}

    static String of(Object value) {
        var printed = new PrintedValue();
        printed.append(value);
        if (printed.text.length() > CHARS_MAX) {
            printed.text.setLength(CHARS_MAX);
            printed.text.append("...");
        }
        return printed.text.toString();
    }

    static String ofBlob(long length) {
        return "java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]".formatted(length, length);
    }

    private void append(Object value) {
        switch (value) {
            case String string -> text.append(string, 0, Math.min(string.length(), CHARS_MAX + 1));
            case List<?> list -> appendAll('[', list.iterator(), ']');
            case Map<?, ?> map -> appendAll('{', map.entrySet().iterator(), '}');
            case Map.Entry<?, ?> entry -> {
                append(entry.getKey());
                text.append('=');
                append(entry.getValue());
            }
            // AWS prints the name of its own class and a hash.
            case SdkPojo structure ->
                    text.append("com.amazonaws.kinesis.v20131202.")
                            .append(structure.getClass().getSimpleName())
                            .append('@')
                            .append(Integer.toHexString(structure.hashCode()));
            default -> text.append(value);
        }
    }

    private void appendAll(char open, Iterator<?> parts, char close) {
        text.append(open);
        for (var separator = ""; parts.hasNext() && text.length() <= CHARS_MAX; separator = ", ") {
            text.append(separator);
            append(parts.next());
        }
        text.append(close);
    }
}
