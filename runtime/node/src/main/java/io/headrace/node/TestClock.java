package io.headrace.node;

import io.headrace.store.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/**
 * For tests only: the machine's clock plus the milliseconds that a file holds, so that a test can
 * let five minutes or a day pass at once. The file is looked at again every few milliseconds;
 * absent it counts as 0, half written as before. Any thread.
 */
final class TestClock implements InstantSource {
    /** System property that names the file. No setting: nobody sets it by accident. */
    static final String PROPERTY = "headrace.test.clock";

    private static final long REREAD_NANOS = 2_000_000;

    private final Path file;
    private final InstantSource machine;
    private final Ticker ticker;
    private volatile long offsetMs;
    private volatile long readNanos;

    TestClock(Path file, InstantSource machine, Ticker ticker) {
        this.file = file;
        this.machine = machine;
        this.ticker = ticker;
        reread(ticker.nanos());
    }

    Path file() {
        return file;
    }

    @Override
    public Instant instant() {
        return machine.instant().plusMillis(offset());
    }

    @Override
    public long millis() {
        return machine.millis() + offset();
    }

    private long offset() {
        long now = ticker.nanos();
        if (now - readNanos > REREAD_NANOS) {
            reread(now);
        }
        return offsetMs;
    }

    private void reread(long now) {
        readNanos = now;
        try {
            var text = Files.readString(file).strip();
            if (text.matches("-?[0-9]{1,15}")) {
                offsetMs = Long.parseLong(text);
            }
        } catch (NoSuchFileException e) {
            offsetMs = 0;
        } catch (IOException e) {
            throw new IllegalStateException("the test clock's file can't be read: " + file, e);
        }
    }
}
