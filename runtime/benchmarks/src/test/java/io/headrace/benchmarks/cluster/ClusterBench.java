package io.headrace.benchmarks.cluster;

import io.headrace.objects.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures a cluster: {@code ClusterBench WORK [PART...]}, of {@code scale}, {@code latency},
 * {@code shards}, {@code failover}; all of them by default. Prints tables to standard output, and
 * what it is doing to standard error. Whatever it starts it ends.
 */
public final class ClusterBench {
    private static final List<String> PARTS = List.of("scale", "latency", "shards", "failover");

    private static final long BEGIN = System.nanoTime();

    private ClusterBench() {}

    /** Takes a directory to work in, and the parts to measure. */
    public static void main(String[] args) throws Exception {
        var settings = BenchSettings.of(System.getenv());
        var work = Path.of(args[0]);
        var parts = args.length > 1 ? List.of(args).subList(1, args.length) : PARTS;
        for (var part : parts) {
            if (!PARTS.contains(part)) {
                throw new IllegalArgumentException("unknown part " + part + ", of " + PARTS);
            }
        }
        for (var part : parts) {
            var folder = Files.createDirectories(work.resolve(part));
            try (var store = S3Server.start(Files.createDirectories(folder.resolve("s3")))) {
                switch (part) {
                    case "scale" -> new ScaleBench(folder, store, settings).run(System.out);
                    case "latency" -> new LatencyBench(folder, store, settings).run(System.out);
                    case "shards" -> new ShardsBench(folder, store, settings).run(System.out);
                    case "failover" -> new MovesBench(folder, store, settings).run(System.out);
                    default -> throw new IllegalStateException(part);
                }
            }
        }
    }

    /** Tells what is being done. */
    static void say(String what) {
        System.err.printf("== %4d s: %s%n", (System.nanoTime() - BEGIN) / 1_000_000_000, what);
    }
}
