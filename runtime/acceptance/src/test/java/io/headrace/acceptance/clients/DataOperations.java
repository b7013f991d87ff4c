package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Pause;
import io.headrace.client.stream.StreamView;
import io.headrace.client.stream.StreamWaiter;
import java.io.PrintWriter;
import java.io.Writer;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** The operations on records, and what the tests of all operations share. */
abstract class DataOperations {
    abstract KinesisClient client();

    /** Sets the names of one suite's streams apart from another's. */
    abstract String prefix();

    String stream(String name, int shards) throws InterruptedException {
        var full = prefix() + "-" + name;
        client().createStream(r -> r.streamName(full).shardCount(shards));
        untilActive(full);
        return full;
    }

    void untilActive(String stream) throws InterruptedException {
        waiter().untilActive(stream);
    }

    StreamWaiter waiter() {
        var quiet = new PrintWriter(Writer.nullWriter());
        return new StreamWaiter(client(), Pause.REAL, quiet, Duration.ofSeconds(30));
    }

    String arn(String stream) {
        return client().describeStreamSummary(r -> r.streamName(stream))
                .streamDescriptionSummary()
                .streamARN();
    }

    List<Shard> shards(String stream) {
        return StreamView.shards(client(), stream);
    }

    List<Record> read(String stream, String shardId) {
        var records = new ArrayList<Record>();
        var iterator =
                client().getShardIterator(r ->
                                r.streamName(stream)
                                        .shardId(shardId)
                                        .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                        .shardIterator();
        while (iterator != null) {
            var current = iterator;
            var answer = client().getRecords(r -> r.shardIterator(current));
            records.addAll(answer.records());
            if (answer.millisBehindLatest() == 0) {
                break;
            }
            iterator = answer.nextShardIterator();
        }
        return records;
    }

    static SdkBytes data(String text) {
        return SdkBytes.fromUtf8String(text);
    }

    @Test
    void aRecordIsPutAndRead() throws InterruptedException {
        var name = stream("record", 1);
        var shard = shards(name).getFirst().shardId();
        var first = client().putRecord(r -> r.streamName(name).partitionKey("a").data(data("one")));
        assertThat(first.shardId()).isEqualTo(shard);
        assertThat(first.sequenceNumber()).matches("\\d{56}");
        var second =
                client().putRecord(r ->
                        r.streamName(name)
                                .partitionKey("a")
                                .explicitHashKey("0")
                                .sequenceNumberForOrdering(first.sequenceNumber())
                                .data(data("two")));
        assertThat(new BigInteger(second.sequenceNumber()))
                .isGreaterThan(new BigInteger(first.sequenceNumber()));

        var records = read(name, shard);
        assertThat(records).extracting(r -> r.data().asUtf8String()).containsExactly("one", "two");
        assertThat(records)
                .extracting(Record::sequenceNumber)
                .containsExactly(first.sequenceNumber(), second.sequenceNumber());
        assertThat(records).extracting(Record::partitionKey).containsOnly("a");
        assertThat(records).allSatisfy(r -> assertThat(r.encryptionType()).isNull());
        assertThat(records)
                .allSatisfy(r -> assertThat(r.approximateArrivalTimestamp()).isNotNull());
    }

    @Test
    void recordsGoToTheShardOfTheirHash() throws InterruptedException {
        var name = stream("batch", 3);
        var entries =
                IntStream.range(0, 300)
                        .mapToObj(i ->
                                PutRecordsRequestEntry.builder()
                                        .partitionKey("key-" + i)
                                        .data(data("record " + i))
                                        .build())
                        .toList();
        var answer = client().putRecords(r -> r.streamName(name).records(entries));
        assertThat(answer.failedRecordCount()).isZero();
        assertThat(answer.records()).hasSize(300);
        var found = new HashSet<String>();
        for (var shard : shards(name)) {
            var range = shard.hashKeyRange();
            for (var record : read(name, shard.shardId())) {
                assertThat(Md5.hashKey(record.partitionKey()))
                        .isBetween(
                                new BigInteger(range.startingHashKey()),
                                new BigInteger(range.endingHashKey()));
                found.add(record.data().asUtf8String());
            }
        }
        assertThat(found).hasSize(300);
    }

    @Test
    void iteratorsOfAllTypesStartWhereTheySay() throws InterruptedException {
        var name = stream("iterators", 1);
        var shard = shards(name).getFirst();
        var id = shard.shardId();
        var first = client().putRecord(r -> r.streamName(name).partitionKey("a").data(data("1")));
        client().putRecord(r -> r.streamName(name).partitionKey("a").data(data("2")));
        var sequence = first.sequenceNumber();
        var start = shard.sequenceNumberRange().startingSequenceNumber();

        assertThat(from(name, id, ShardIteratorType.TRIM_HORIZON, null, null))
                .containsExactly("1", "2");
        assertThat(from(name, id, ShardIteratorType.AT_SEQUENCE_NUMBER, sequence, null))
                .containsExactly("1", "2");
        assertThat(from(name, id, ShardIteratorType.AFTER_SEQUENCE_NUMBER, sequence, null))
                .containsExactly("2");
        assertThat(from(name, id, ShardIteratorType.AT_SEQUENCE_NUMBER, start, null))
                .containsExactly("1", "2");
        assertThat(from(name, id, ShardIteratorType.AFTER_SEQUENCE_NUMBER, start, null))
                .containsExactly("1", "2");
        assertThat(
                        from(
                                name,
                                id,
                                ShardIteratorType.AT_TIMESTAMP,
                                null,
                                Instant.EPOCH.plusSeconds(1)))
                .containsExactly("1", "2");

        var latest = iterator(name, id, ShardIteratorType.LATEST, null, null);
        client().putRecord(r -> r.streamName(name).partitionKey("a").data(data("3")));
        assertThat(texts(client().getRecords(r -> r.shardIterator(latest)))).containsExactly("3");
        // Until it expires, an iterator may be used again and gives the same.
        assertThat(texts(client().getRecords(r -> r.shardIterator(latest)))).containsExactly("3");
        var page =
                client().getRecords(r ->
                        r.limit(1)
                                .shardIterator(
                                        iterator(
                                                name,
                                                id,
                                                ShardIteratorType.TRIM_HORIZON,
                                                null,
                                                null)));
        assertThat(texts(page)).containsExactly("1");
        assertThat(texts(client().getRecords(r -> r.shardIterator(page.nextShardIterator()))))
                .containsExactly("2", "3");
    }

    private List<String> from(
            String stream,
            String shard,
            ShardIteratorType type,
            @Nullable String sequence,
            @Nullable Instant time) {
        var iterator = iterator(stream, shard, type, sequence, time);
        return texts(client().getRecords(r -> r.shardIterator(iterator)));
    }

    String iterator(
            String stream,
            String shard,
            ShardIteratorType type,
            @Nullable String sequence,
            @Nullable Instant time) {
        return client().getShardIterator(r ->
                        r.streamName(stream)
                                .shardId(shard)
                                .shardIteratorType(type)
                                .startingSequenceNumber(sequence)
                                .timestamp(time))
                .shardIterator();
    }

    private static List<String> texts(GetRecordsResponse answer) {
        return answer.records().stream().map(r -> r.data().asUtf8String()).toList();
    }
}
