package io.headrace.client.tail;

import io.headrace.client.Pause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** Reads with GetRecords; safe for many threads, one shard each. */
final class PollingReader implements ShardReader {
    /** Five reads a second are what the service allows for a shard. */
    private static final Duration IDLE_PAUSE = Duration.ofMillis(200);

    private static final Duration THROTTLED_PAUSE = Duration.ofSeconds(1);

    private final KinesisClient client;
    private final String stream;
    private final int limit;
    private final Pause pause;

    PollingReader(KinesisClient client, String stream, int limit, Pause pause) {
        this.client = client;
        this.stream = stream;
        this.limit = limit;
        this.pause = pause;
    }

    @Override
    public boolean read(Shard shard, From from, Sink sink) throws InterruptedException {
        String last = null;
        String iterator = iterator(shard, from, null);
        while (iterator != null) {
            try {
                var current = iterator;
                var answer = client.getRecords(r -> r.shardIterator(current).limit(limit));
                var records = answer.records();
                Long behindMs = answer.millisBehindLatest();
                if (!records.isEmpty()) {
                    last = records.getLast().sequenceNumber();
                }
                if (!sink.take(shard.shardId(), records, behind(behindMs, records.size()))) {
                    return false;
                }
                iterator = answer.nextShardIterator();
                if (records.isEmpty() && iterator != null) {
                    pause.sleep(IDLE_PAUSE);
                }
            } catch (ExpiredIteratorException e) {
                iterator = iterator(shard, from, last);
            } catch (ProvisionedThroughputExceededException e) {
                pause.sleep(THROTTLED_PAUSE);
            }
        }
        return true;
    }

    // Some endpoints tell the age in milliseconds, so that a page that ends within the newest one
    // looks
    // like the last: a full page never is.
    private long behind(@Nullable Long toldMs, int read) {
        long ms = toldMs == null ? 0 : toldMs;
        return read >= limit ? Math.max(ms, 1) : ms;
    }

    private String iterator(Shard shard, From from, @Nullable String after) {
        var request = GetShardIteratorRequest.builder().streamName(stream).shardId(shard.shardId());
        if (after != null) {
            request.shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                    .startingSequenceNumber(after);
        } else {
            switch (from) {
                case From.TrimHorizon oldest ->
                        request.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
                case From.Latest latest -> request.shardIteratorType(ShardIteratorType.LATEST);
                case From.At at ->
                        request.shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
                                .timestamp(at.instant());
            }
        }
        return client.getShardIterator(request.build()).shardIterator();
    }
}
