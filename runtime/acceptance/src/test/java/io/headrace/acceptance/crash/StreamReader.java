package io.headrace.acceptance.crash;

import io.headrace.client.stream.StreamView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** Reads a stream whole, or along with its producers until the node dies. */
final class StreamReader {
    private final KinesisClient client;
    private final String stream;

    StreamReader(KinesisClient client, String stream) {
        this.client = client;
        this.stream = stream;
    }

    /** Everything there is, by shard, in the order it is read. */
    Map<String, List<History.Seen>> readAll() {
        var all = new LinkedHashMap<String, List<History.Seen>>();
        for (var shard : StreamView.shards(client, stream)) {
            var records = new ArrayList<History.Seen>();
            var iterator = iterator(shard.shardId(), ShardIteratorType.TRIM_HORIZON);
            while (iterator != null) {
                var current = iterator;
                var answer = client.getRecords(r -> r.shardIterator(current));
                for (var record : answer.records()) {
                    records.add(
                            new History.Seen(
                                    record.sequenceNumber(), record.data().asUtf8String()));
                }
                boolean end = answer.records().isEmpty() && answer.millisBehindLatest() == 0;
                iterator = end ? null : answer.nextShardIterator();
            }
            all.put(shard.shardId(), records);
        }
        return all;
    }

    /** Notes what the newest records of all shards are until the node is gone. */
    void followUntilCrash(History history) {
        try {
            var iterators = new LinkedHashMap<String, String>();
            for (var shard : StreamView.shards(client, stream)) {
                iterators.put(shard.shardId(), iterator(shard.shardId(), ShardIteratorType.LATEST));
            }
            while (!Thread.currentThread().isInterrupted() && !iterators.isEmpty()) {
                iterators.replaceAll((shardId, iterator) -> follow(history, shardId, iterator));
            }
        } catch (SdkClientException e) {
            // The crash: what was read until now counts, the rest nobody saw.
            Thread.currentThread().interrupt();
        } catch (AwsServiceException e) {
            history.refused("the reader was refused: " + e.getMessage());
        }
    }

    private String follow(History history, String shardId, String iterator) {
        var answer = client.getRecords(r -> r.shardIterator(iterator));
        for (var record : answer.records()) {
            history.read(shardId, record.sequenceNumber(), record.data().asUtf8String());
        }
        return answer.nextShardIterator();
    }

    private String iterator(String shardId, ShardIteratorType type) {
        return client.getShardIterator(
                        r -> r.streamName(stream).shardId(shardId).shardIteratorType(type))
                .shardIterator();
    }
}
