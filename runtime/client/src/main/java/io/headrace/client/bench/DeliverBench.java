package io.headrace.client.bench;

import io.headrace.client.CommandFailure;
import io.headrace.client.Connector;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/** {@code headrace bench deliver}. */
@Command(
        name = "deliver",
        description =
                "From put to push: how long a record takes to reach a SubscribeToShard consumer.",
        mixinStandardHelpOptions = true)
final class DeliverBench implements Callable<Integer> {
    private static final String CONSUMER = "headrace-bench";
    private static final long LATENCY_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);

    private final Connector connector;
    private final Recorder latencies = new Recorder(LATENCY_NANOS_MAX, 3);
    private final LongAdder received = new LongAdder();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private BenchOptions options = new BenchOptions();

    @Option(
            names = "--rate",
            paramLabel = "RECORDS",
            defaultValue = "1000",
            description = "Records put a second in all (default: ${DEFAULT-VALUE}).")
    private double rate;

    DeliverBench(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        if (options.size < Long.BYTES || rate <= 0) {
            throw CommandFailure.usage("--size is at least 8, --rate positive");
        }
        try (var client = connector.blocking(options.endpoint);
                var pushed = connector.pushed(options.endpoint);
                var stream = BenchStream.ready(client, options, spec.commandLine().getErr())) {
            var consumer = consumer(client);
            var subscriptions = new ArrayList<CompletableFuture<Void>>();
            try (var puts = new StampedPuts(options, rate)) {
                for (var shard : stream.openShards()) {
                    subscriptions.add(subscribe(pushed, consumer, shard.shardId()));
                }
                puts.start();
                puts.await(options.warmUpSeconds);
                var cpu = CpuSeconds.now(options.serverPid);
                latencies.reset();
                received.reset();
                puts.reset();
                long begin = System.nanoTime();
                puts.await(options.seconds);
                double seconds = (System.nanoTime() - begin) / 1e9;
                long records = received.sum();
                var used = CpuSeconds.now(options.serverPid).since(cpu);
                options.report("deliver")
                        .set("rate", rate)
                        .set("putRecords", puts.records())
                        .throughput(records, records * options.size, seconds)
                        .latency("putToDeliveryMs", latencies.getIntervalHistogram())
                        .latency("putToAcknowledgementMs", puts.latencies())
                        .cpu(used, records)
                        .print(spec.commandLine().getOut(), options.jsonOnly);
                puts.stop();
            } finally {
                subscriptions.forEach(subscription -> subscription.cancel(true));
                client.deregisterStreamConsumer(request -> request.consumerARN(consumer));
            }
        }
        return 0;
    }

    private String consumer(KinesisClient client) throws InterruptedException {
        var streamArn =
                client.describeStreamSummary(request -> request.streamName(options.stream))
                        .streamDescriptionSummary()
                        .streamARN();
        var arn =
                client.registerStreamConsumer(r -> r.streamARN(streamArn).consumerName(CONSUMER))
                        .consumer()
                        .consumerARN();
        while (client.describeStreamConsumer(r -> r.consumerARN(arn))
                        .consumerDescription()
                        .consumerStatus()
                != ConsumerStatus.ACTIVE) {
            Thread.sleep(50);
        }
        return arn;
    }

    private CompletableFuture<Void> subscribe(
            KinesisAsyncClient client, String consumer, String shardId)
            throws InterruptedException {
        var open = new CompletableFuture<Void>();
        var visitor =
                SubscribeToShardResponseHandler.Visitor.builder()
                        .onSubscribeToShardEvent(this::take)
                        .build();
        var handler =
                SubscribeToShardResponseHandler.builder()
                        .subscriber(visitor)
                        .onResponse(response -> open.complete(null))
                        .onError(open::completeExceptionally)
                        .build();
        var running =
                client.subscribeToShard(
                        SubscribeToShardRequest.builder()
                                .consumerARN(consumer)
                                .shardId(shardId)
                                .startingPosition(p -> p.type(ShardIteratorType.LATEST))
                                .build(),
                        handler);
        open.join();
        return running;
    }

    /** A record begins with the nanosecond it was due at, of this JVM's own clock. */
    private void take(SubscribeToShardEvent event) {
        long now = System.nanoTime();
        for (var record : event.records()) {
            SdkBytes data = record.data();
            long due = ByteBuffer.wrap(data.asByteArrayUnsafe()).getLong();
            latencies.recordValue(Math.clamp(now - due, 0, LATENCY_NANOS_MAX));
        }
        received.add(event.records().size());
    }
}
