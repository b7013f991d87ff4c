package io.headrace.client.put;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.CommandFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

class BatchingProducerTest {
    /** Accepts or refuses each record by chance, as a throttled endpoint does. */
    private static final class Endpoint implements BatchSender {
        final Map<String, List<Integer>> accepted = new HashMap<>();
        final List<Integer> batchSizes = new ArrayList<>();
        private final SplittableRandom random;
        private final int refusedPercent;

        Endpoint(long seed, int refusedPercent) {
            this.random = new SplittableRandom(seed);
            this.refusedPercent = refusedPercent;
        }

        @Override
        public synchronized PutRecordsResponse send(List<PutRecordsRequestEntry> records) {
            batchSizes.add(records.size());
            var results = new ArrayList<PutRecordsResultEntry>();
            for (var record : records) {
                var result = PutRecordsResultEntry.builder();
                if (random.nextInt(100) < refusedPercent) {
                    result.errorCode("ProvisionedThroughputExceededException");
                } else {
                    accepted.computeIfAbsent(record.partitionKey(), _ -> new ArrayList<>())
                            .add(Integer.parseInt(record.data().asUtf8String()));
                    result.sequenceNumber("1").shardId("s");
                }
                results.add(result.build());
            }
            return PutRecordsResponse.builder().records(results).build();
        }

        synchronized int acceptedRecords() {
            return accepted.values().stream().mapToInt(List::size).sum();
        }
    }

    private static PutRecordsRequestEntry entry(String key, int number) {
        return PutRecordsRequestEntry.builder()
                .partitionKey(key)
                .data(SdkBytes.fromUtf8String(Integer.toString(number)))
                .build();
    }

    private static BatchingProducer producer(BatchSender sender, boolean ordered, int tries) {
        var limits = new BatchingProducer.Limits(50, 10_000, 3, ordered, tries);
        return new BatchingProducer(sender, limits, _ -> {}, _ -> {});
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void refusedRecordsAreRetriedAndEachKeyKeepsItsOrder(long seed) throws InterruptedException {
        var endpoint = new Endpoint(seed, 30);
        var producer = producer(endpoint, true, 100);
        var random = new SplittableRandom(seed);
        var put = new HashMap<String, List<Integer>>();
        for (int i = 0; i < 3_000; i++) {
            var key = "key-" + random.nextInt(1 + random.nextInt(100));
            put.computeIfAbsent(key, _ -> new ArrayList<>()).add(i);
            producer.put(entry(key, i));
        }
        var totals = producer.finish();
        assertThat(endpoint.accepted).isEqualTo(put);
        assertThat(totals.records()).isEqualTo(3_000);
        assertThat(totals.retried()).isPositive();
    }

    @Test
    void withoutOrderABatchMayHoldManyRecordsOfAKey() throws InterruptedException {
        var endpoint = new Endpoint(1, 0);
        var producer = producer(endpoint, false, 1);
        for (int i = 0; i < 500; i++) {
            producer.put(entry("one", i));
        }
        producer.finish();
        assertThat(endpoint.batchSizes).hasSize(10).containsOnly(50);
    }

    @Test
    void aBatchKeepsToItsBytes() throws InterruptedException {
        var sizes = Collections.synchronizedList(new ArrayList<Integer>());
        var producer =
                producer(
                        records -> {
                            sizes.add(
                                    records.stream()
                                            .mapToInt(r -> r.data().asByteArray().length)
                                            .sum());
                            return new Endpoint(1, 0).send(records);
                        },
                        true,
                        1);
        for (int i = 0; i < 20; i++) {
            var number = "0".repeat(3_999) + i % 10;
            producer.put(
                    PutRecordsRequestEntry.builder()
                            .partitionKey("k" + i)
                            .data(SdkBytes.fromUtf8String(number))
                            .build());
        }
        producer.finish();
        assertThat(sizes).hasSizeGreaterThanOrEqualTo(10).allMatch(size -> size <= 10_000);
    }

    @Test
    void aWholeRequestThatIsThrottledIsSentAgain() throws InterruptedException {
        var calls = new AtomicInteger();
        var endpoint = new Endpoint(1, 0);
        var producer =
                producer(
                        records -> {
                            if (calls.incrementAndGet() <= 2) {
                                throw ProvisionedThroughputExceededException.builder().build();
                            }
                            return endpoint.send(records);
                        },
                        true,
                        10);
        for (int i = 0; i < 10; i++) {
            producer.put(entry("k" + i, i));
        }
        assertThat(producer.finish().records()).isEqualTo(10);
        assertThat(endpoint.acceptedRecords()).isEqualTo(10);
    }

    @Test
    void aRecordIsGivenUpAfterItsTries() throws InterruptedException {
        var producer = producer(new Endpoint(1, 100), true, 3);
        producer.put(entry("a", 0));
        assertThatThrownBy(producer::finish)
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("record 1 was refused 3 times")
                .hasMessageContaining("0 records are accepted");
    }

    @Test
    void anotherFailureIsNotRetried() throws InterruptedException {
        var calls = new AtomicInteger();
        var producer =
                producer(
                        _ -> {
                            calls.incrementAndGet();
                            throw new IllegalStateException("broken");
                        },
                        true,
                        10);
        producer.put(entry("a", 0));
        assertThatThrownBy(producer::finish).hasMessage("broken");
        assertThat(calls).hasValue(1);
    }

    @Test
    void theBacklogIsBounded() throws InterruptedException {
        var endpoint = new Endpoint(1, 0);
        var producer = producer(endpoint, true, 1);
        // One key only: one record a request, and put() has to wait for the answers.
        IntStream.range(0, 2_000)
                .forEach(i -> {
                    try {
                        producer.put(entry("hot", i));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        assertThat(producer.totals().records()).isGreaterThanOrEqualTo(2_000 - 10 * 50 - 1);
        producer.finish();
        assertThat(endpoint.accepted.get("hot")).isSorted().hasSize(2_000);
    }
}
