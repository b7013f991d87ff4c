package io.headrace.client.put;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One line on a terminal, rewritten a few times a second; says nothing when there is no terminal.
 */
public final class ProgressLine {
    private static final long INTERVAL_NANOS = 200_000_000;
    private static final int BAR_WIDTH = 24;

    private final PrintWriter out;
    private final LongSupplier nanos;
    private final boolean shown;
    private final long bytesExpected;
    private final long started;
    private long lastShown;

    /**
     * @param bytesExpected what there is to do in all, or 0 if that is not known
     */
    public ProgressLine(PrintWriter out, boolean shown, long bytesExpected, LongSupplier nanos) {
        this.out = out;
        this.shown = shown;
        this.bytesExpected = bytesExpected;
        this.nanos = nanos;
        this.started = nanos.getAsLong();
        this.lastShown = started - INTERVAL_NANOS;
    }

    /**
     * Whether standard error is a terminal. {@link System#console} would ask about standard input,
     * which is a pipe whenever records come from one.
     */
    static boolean hasReader() {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            // Not a Linux: the JDK's answer is the best there is.
            return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
        }
    }

    public void update(long records, long bytes) {
        long now = nanos.getAsLong();
        if (shown && now - lastShown >= INTERVAL_NANOS) {
            lastShown = now;
            out.print("\r\u001b[K" + bar(bytes) + rates(records, bytes, seconds(now)));
            out.flush();
        }
    }

    /** Wipes the line, so that what follows starts on a clean one. */
    public void end() {
        if (shown) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }

    public double seconds() {
        return seconds(nanos.getAsLong());
    }

    private double seconds(long now) {
        return Math.max((now - started) / 1e9, 1e-9);
    }

    private String bar(long bytes) {
        if (bytesExpected <= 0) {
            return "";
        }
        double part = Math.min(1, (double) bytes / bytesExpected);
        int filled = (int) Math.round(part * BAR_WIDTH);
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f%%  ",
                "#".repeat(filled),
                ".".repeat(BAR_WIDTH - filled),
                part * 100);
    }

    /** Such as {@code 12,000 records, 3.4 MB, 6,000 records/s, 1.7 MB/s}. */
    public static String rates(long records, long bytes, double seconds) {
        return String.format(
                Locale.ROOT,
                "%,d records, %.1f MB, %,.0f records/s, %.1f MB/s",
                records,
                bytes / 1e6,
                records / seconds,
                bytes / 1e6 / seconds);
    }
}
