package io.headrace.client.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace bench disk}: the limit that synced acknowledgements are held against. */
@Command(
        name = "disk",
        description = "How fast the disk takes a write and an fdatasync, into a preallocated file.",
        mixinStandardHelpOptions = true)
final class DiskBench implements Callable<Integer> {
    private static final long FILE_BYTES = 256L << 20;
    private static final int FILL_BYTES = 1 << 20;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--dir", paramLabel = "DIR", required = true, description = "Where to write.")
    private Path directory = Path.of(".");

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "1024",
            description = "Bytes of each write (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "5", description = "How long.")
    private double seconds;

    @Option(names = "--json", description = "Print only the JSON line.")
    private boolean jsonOnly;

    @Override
    public Integer call() throws IOException {
        var file = Files.createTempFile(directory, "headrace-bench-", ".tmp");
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            fill(channel);
            var bytes = new byte[size];
            new SplittableRandom(1).nextBytes(bytes);
            var buffer = ByteBuffer.allocateDirect(size).put(bytes);
            var latencies = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
            long begin = System.nanoTime();
            long end = begin + (long) (seconds * 1e9);
            long position = 0;
            for (long now = begin; now < end; ) {
                buffer.rewind();
                while (buffer.hasRemaining()) {
                    position += channel.write(buffer, position);
                }
                channel.force(false);
                long done = System.nanoTime();
                latencies.recordValue(done - now);
                now = done;
                position = position + size > FILE_BYTES ? 0 : position;
            }
            double took = (System.nanoTime() - begin) / 1e9;
            long writes = latencies.getTotalCount();
            new Report()
                    .set("mode", "disk")
                    .set("writeBytes", size)
                    .set("seconds", Math.round(took * 1e3) / 1e3)
                    .set("writesPerSecond", Math.round(writes / took))
                    .set("megabytesPerSecond", Math.round(writes * size / 1e3 / took) / 1e3)
                    .latency("writeAndSyncMs", latencies)
                    .print(spec.commandLine().getOut(), jsonOnly);
        } finally {
            Files.delete(file);
        }
        return 0;
    }

    /** Real zeroes, so that a sync later has no block to allocate. */
    private static void fill(FileChannel channel) throws IOException {
        var zeroes = ByteBuffer.allocateDirect(FILL_BYTES);
        for (long position = 0; position < FILE_BYTES; ) {
            position += channel.write(zeroes.rewind(), position);
        }
        channel.force(true);
    }
}
