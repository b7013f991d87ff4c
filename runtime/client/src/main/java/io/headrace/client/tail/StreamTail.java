package io.headrace.client.tail;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Follows all shards of a stream at once, and their children after them. One thread runs {@link
 * #run}; it owns the lineage, and each shard being read has a virtual thread that only reports
 * back.
 */
final class StreamTail {
    private sealed interface Report {}

    private record Ended(String shardId) implements Report {}

    private record CaughtUp(String shardId) implements Report {}

    private record Stopped(String shardId) implements Report {}

    private record Failed(String shardId, Throwable why) implements Report {}

    private final ShardReader reader;
    private final Supplier<List<Shard>> shards;
    private final boolean untilCaughtUp;
    private final Lineage lineage = new Lineage();
    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final Map<String, Boolean> caughtUp = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /**
     * @param shards lists the stream's shards, closed ones included
     */
    StreamTail(ShardReader reader, Supplier<List<Shard>> shards, boolean untilCaughtUp) {
        this.reader = reader;
        this.shards = shards;
        this.untilCaughtUp = untilCaughtUp;
    }

    /** Returns when the sink wants no more, all shards ended, or, if so asked, all is read. */
    void run(From from, Sink sink) throws InterruptedException {
        var first = shards.get();
        if (from instanceof From.Latest) {
            first = first.stream().filter(StreamTail::isOpen).toList();
        }
        lineage.add(first);
        var firstIds = first.stream().map(Shard::shardId).toList();
        ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
        try {
            while (!stopped) {
                for (var shard : lineage.start()) {
                    // A child that appeared later is read whole: all of it came after the start.
                    var place = firstIds.contains(shard.shardId()) ? from : new From.TrimHorizon();
                    start(readers, shard, place, sink);
                }
                if (lineage.active().isEmpty() || isCaughtUp()) {
                    return;
                }
                handle(reports.take());
            }
        } finally {
            stopped = true;
            readers.shutdownNow();
            readers.close();
        }
    }

    private void handle(Report report) {
        switch (report) {
            case Ended ended -> {
                lineage.finish(ended.shardId());
                lineage.addDescendants(shards.get());
            }
            case Stopped now -> {
                stopped = true;
            }
            case CaughtUp noted -> caughtUp.put(noted.shardId(), true);
            case Failed failed -> throw failure(failed);
        }
    }

    private static RuntimeException failure(Failed failed) {
        return failed.why() instanceof RuntimeException why
                ? why
                : new IllegalStateException("reading " + failed.shardId(), failed.why());
    }

    private void start(ExecutorService readers, Shard shard, From from, Sink sink) {
        readers.execute(() -> reports.add(read(shard, from, sink)));
    }

    private Report read(Shard shard, From from, Sink sink) {
        var id = shard.shardId();
        try {
            return reader.read(shard, from, watched(sink)) ? new Ended(id) : new Stopped(id);
        } catch (InterruptedException e) {
            return new Stopped(id);
        } catch (RuntimeException | Error e) {
            // After a stop the clients' broken-off calls are no news.
            return stopped ? new Stopped(id) : new Failed(id, e);
        }
    }

    private Sink watched(Sink sink) {
        return (String shardId, List<Record> records, long behindMs) -> {
            if (stopped || !sink.take(shardId, records, behindMs)) {
                return false;
            }
            if (behindMs == 0) {
                if (caughtUp.put(shardId, true) == null) {
                    reports.add(new CaughtUp(shardId));
                }
            }
            return true;
        };
    }

    // The end of a closed shard is not the end of the stream: its children are still to be read.
    private boolean isCaughtUp() {
        return untilCaughtUp
                && lineage.active().stream()
                        .allMatch(shard -> isOpen(shard) && caughtUp.containsKey(shard.shardId()));
    }

    static boolean isOpen(Shard shard) {
        return shard.sequenceNumberRange().endingSequenceNumber() == null;
    }
}
