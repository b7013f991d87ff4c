package io.headrace.client.tail;

import io.headrace.client.Pause;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/**
 * Reads with SubscribeToShard: a subscription lives for minutes, then the next one goes on at its
 * continuation. Safe for many threads, one shard each; events arrive on the client's threads.
 */
final class FanOutReader implements ShardReader {
    /** A shard's earlier subscription gives way to a new one only after five seconds. */
    private static final Duration IN_USE_PAUSE = Duration.ofSeconds(1);

    private final KinesisAsyncClient client;
    private final String consumerArn;
    private final Pause pause;

    FanOutReader(KinesisAsyncClient client, String consumerArn, Pause pause) {
        this.client = client;
        this.consumerArn = consumerArn;
        this.pause = pause;
    }

    @Override
    public boolean read(Shard shard, From from, Sink sink) throws InterruptedException {
        StartingPosition next = position(from);
        while (true) {
            var subscription = new Subscription(shard.shardId(), sink);
            try {
                subscription.run(next);
            } catch (ResourceInUseException e) {
                pause.sleep(IN_USE_PAUSE);
            }
            if (subscription.refused) {
                return false;
            }
            if (subscription.ended) {
                return true;
            }
            var continuation = subscription.continuation;
            if (continuation != null) {
                next =
                        StartingPosition.builder()
                                .type(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                                .sequenceNumber(continuation)
                                .build();
            }
        }
    }

    private static StartingPosition position(From from) {
        var position = StartingPosition.builder();
        return switch (from) {
            case From.TrimHorizon oldest -> position.type(ShardIteratorType.TRIM_HORIZON).build();
            case From.Latest latest -> position.type(ShardIteratorType.LATEST).build();
            case From.At at ->
                    position.type(ShardIteratorType.AT_TIMESTAMP).timestamp(at.instant()).build();
        };
    }

    private final class Subscription {
        private final String shardId;
        private final Sink sink;
        private volatile @Nullable String continuation;
        private volatile boolean ended;
        private volatile boolean refused;
        private volatile @Nullable CompletableFuture<Void> running;

        Subscription(String shardId, Sink sink) {
            this.shardId = shardId;
            this.sink = sink;
        }

        void run(StartingPosition position) throws InterruptedException {
            var visitor =
                    SubscribeToShardResponseHandler.Visitor.builder()
                            .onSubscribeToShardEvent(this::take)
                            .build();
            var handler = SubscribeToShardResponseHandler.builder().subscriber(visitor).build();
            var future =
                    client.subscribeToShard(
                            SubscribeToShardRequest.builder()
                                    .consumerARN(consumerArn)
                                    .shardId(shardId)
                                    .startingPosition(position)
                                    .build(),
                            handler);
            running = future;
            if (refused) {
                future.cancel(true);
            }
            try {
                future.get();
            } catch (CancellationException e) {
                refused = true;
            } catch (ExecutionException e) {
                throw unchecked(e);
            } catch (InterruptedException e) {
                future.cancel(true);
                throw e;
            }
        }

        private void take(SubscribeToShardEvent event) {
            if (refused) {
                return;
            }
            Long behindMs = event.millisBehindLatest();
            if (!sink.take(shardId, event.records(), behindMs == null ? 0 : behindMs)) {
                refused = true;
                var current = running;
                if (current != null) {
                    current.cancel(true);
                }
                return;
            }
            continuation = event.continuationSequenceNumber();
            ended = event.continuationSequenceNumber() == null || !event.childShards().isEmpty();
        }
    }

    private static RuntimeException unchecked(ExecutionException e) {
        return e.getCause() instanceof RuntimeException cause
                ? cause
                : new IllegalStateException(e.getCause());
    }
}
