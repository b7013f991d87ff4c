package io.headrace.client.bench;

import io.headrace.client.Pause;
import io.headrace.client.stream.StreamView;
import io.headrace.client.stream.StreamWaiter;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** The stream a measurement runs on: as it was found, or made for the while. */
final class BenchStream implements AutoCloseable {
    private final KinesisClient client;
    private final String name;
    private final boolean deleteAtEnd;

    private BenchStream(KinesisClient client, String name, boolean deleteAtEnd) {
        this.client = client;
        this.name = name;
        this.deleteAtEnd = deleteAtEnd;
    }

    static BenchStream ready(KinesisClient client, BenchOptions options, PrintWriter progress)
            throws InterruptedException {
        boolean made = true;
        try {
            client.createStream(r -> r.streamName(options.stream).shardCount(options.shards));
        } catch (ResourceInUseException e) {
            made = false;
        }
        new StreamWaiter(client, Pause.REAL, progress, Duration.ofMinutes(2))
                .untilActive(options.stream);
        return new BenchStream(client, options.stream, made && !options.keep);
    }

    List<Shard> openShards() {
        return StreamView.shards(client, name).stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .toList();
    }

    @Override
    public void close() {
        if (deleteAtEnd) {
            client.deleteStream(r -> r.streamName(name).enforceConsumerDeletion(true));
        }
    }
}
