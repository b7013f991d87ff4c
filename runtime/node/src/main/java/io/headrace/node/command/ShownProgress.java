package io.headrace.node.command;

import io.headrace.node.Surroundings;
import io.headrace.store.shard.SharedCheck;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** Tells on the error output every two seconds how far long work is. Any thread. */
final class ShownProgress implements SharedCheck.Progress {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final CommandLine line;
    private final Surroundings surroundings;
    private long shownNanos;
    private long bytes;

    ShownProgress(CommandLine line, Surroundings surroundings) {
        this.line = line;
        this.surroundings = surroundings;
        this.shownNanos = surroundings.ticker().nanos();
    }

    @Override
    public synchronized void at(String what, int done, int of) {
        if (surroundings.ticker().nanos() - shownNanos >= PAUSE_NANOS) {
            shownNanos = surroundings.ticker().nanos();
            line.getErr().println("%d of %d %s, %,d MiB".formatted(done, of, what, bytes >> 20));
            line.getErr().flush();
        }
    }

    @Override
    public synchronized void read(long more) {
        bytes += more;
    }
}
