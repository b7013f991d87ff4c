package io.headrace.node.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One JSON object a line: {@code time}, {@code level}, {@code logger}, {@code thread}, {@code
 * message}, {@code error} with the stack, and what was attached under its own names.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new StringBuilder(256);
        line.append("{\"time\":\"")
                .append(Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS))
                .append("\",\"level\":\"")
                .append(event.getLevel())
                .append('"');
        member(line, "logger", event.getLoggerName());
        member(line, "thread", event.getThreadName());
        member(line, "message", event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            for (var pair : event.getKeyValuePairs()) {
                attach(line, pair.key, pair.value);
            }
        }
        if (event.getThrowableProxy() != null) {
            member(line, "error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    private static void attach(StringBuilder line, String name, Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
            name(line, name);
            line.append(value);
        } else {
            member(line, name, String.valueOf(value));
        }
    }

    private static void member(StringBuilder line, String name, String text) {
        name(line, name);
        quote(line, text);
    }

    private static void name(StringBuilder line, String name) {
        line.append(',');
        quote(line, name);
        line.append(':');
    }

    // Control characters escaped, so that a caller's text cannot forge a line.
    static void quote(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
