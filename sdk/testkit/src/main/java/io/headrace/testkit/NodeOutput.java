package io.headrace.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node printed, and the addresses its ready line named. One daemon thread reads; any thread
 * may ask.
 */
final class NodeOutput {
    private static final int LINES_MAX = 20_000;
    private static final Pattern READY = Pattern.compile("\\bheadrace ready\\b.*");
    private static final Pattern ADDRESS = Pattern.compile("\\b(https?)://[^\\s,/]+:\\d+");

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final CountDownLatch readyOrEnded = new CountDownLatch(1);
    private final Thread reader;
    private volatile @Nullable URI plain;
    private volatile @Nullable URI tls;

    NodeOutput(InputStream stream, long pid) {
        reader = Thread.ofPlatform().daemon().name("output-of-" + pid).start(() -> read(stream));
    }

    private void read(InputStream stream) {
        try (var in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                accept(line);
            }
        } catch (IOException e) {
            // A killed process closes its pipe under the reader: that is an end like any other.
            accept("(output ended: " + e.getMessage() + ")");
        } finally {
            readyOrEnded.countDown();
        }
    }

    void accept(String line) {
        synchronized (lines) {
            if (lines.size() == LINES_MAX) {
                lines.removeFirst();
            }
            lines.addLast(line);
        }
        if (READY.matcher(line).find()) {
            var addresses = ADDRESS.matcher(line);
            while (addresses.find()) {
                var address = URI.create(addresses.group());
                if (addresses.group(1).equals("https")) {
                    tls = address;
                } else if (plain == null) {
                    plain = address;
                }
            }
            readyOrEnded.countDown();
        }
    }

    /** False when neither a ready line nor the end of the output came in time. */
    boolean awaitReadyOrEnd(long timeoutMs) throws InterruptedException {
        return readyOrEnded.await(timeoutMs, TimeUnit.MILLISECONDS);
    }

    @Nullable URI plain() {
        return plain;
    }

    @Nullable URI tls() {
        return tls;
    }

    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Waits until everything the ended process printed has been read. */
    void awaitEnd() {
        try {
            reader.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", e));
        }
    }
}
