package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.UnderTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Producers write while the stream is split, merged and scaled under them, and a reader follows it:
 * every record comes exactly once, and in the order of its key.
 */
@ExtendWith(UnderTest.class)
@Timeout(300)
class ReshardingTest {
    private static final int PRODUCERS = 6;
    private static final int REQUESTS = 150;
    private static final int KEYS = 7;
    private static final int PER_KEY = 3;

    private final Wire wire;
    private final String stream;

    ReshardingTest(URI endpoint) {
        wire = new Wire(endpoint);
        stream = wire.newStream(2);
    }

    @Test
    void nothingIsLostOrDoubledAndKeysStayInOrder() throws Exception {
        long seed = 20_260_102;
        var reader = new StreamFollower(wire, stream);
        var written = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> producers = new ArrayList<>();
            for (int p = 0; p < PRODUCERS; p++) {
                int producer = p;
                producers.add(threads.submit(called(() -> produce(producer))));
            }
            var reshards = threads.submit(() -> reshard(new Random(seed), written));
            var reading = threads.submit(called(() -> follow(reader, written)));
            try {
                for (var producer : producers) {
                    producer.get();
                }
            } finally {
                written.set(true);
            }
            // Else the test would show nothing.
            assertThat(reshards.get()).as("reshards, seed %d", seed).isGreaterThan(5);
            reading.get();
        } catch (ExecutionException e) {
            throw new AssertionError("seed " + seed, e.getCause());
        }
        var expected = new ArrayList<String>();
        for (int i = 0; i < REQUESTS * PER_KEY; i++) {
            expected.add(Integer.toString(i));
        }
        assertThat(reader.dataByKey()).hasSize(PRODUCERS * KEYS);
        reader.dataByKey()
                .forEach((key, data) ->
                        assertThat(data).as("key %s, seed %d", key, seed).isEqualTo(expected));
    }

    private static Callable<Boolean> called(Runnable task) {
        return () -> {
            task.run();
            return true;
        };
    }

    private void produce(int producer) {
        for (int request = 0; request < REQUESTS; request++) {
            var entries = new ArrayList<String>();
            for (int i = 0; i < PER_KEY; i++) {
                for (int key = 0; key < KEYS; key++) {
                    entries.add(
                            "{'PartitionKey':'p%d-%d','Data':'%s'}"
                                    .formatted(
                                            producer,
                                            key,
                                            Wire.base64("" + (request * PER_KEY + i))));
                }
            }
            var answer =
                    wire.call(
                            "PutRecords",
                            "{'StreamName':'%s','Records':[%s]}"
                                    .formatted(stream, String.join(",", entries)));
            assertThat(answer.path("FailedRecordCount").asInt(-1)).as("%s", answer).isZero();
        }
    }

    private void follow(StreamFollower reader, AtomicBoolean written) {
        boolean last = false;
        while (!last) {
            last = written.get();
            while (reader.readAll()) {
                // Goes on until a round over all shards finds nothing.
            }
        }
    }

    /** Returns how many took place. */
    private int reshard(Random random, AtomicBoolean written) {
        int done = 0;
        while (!written.get()) {
            var open =
                    wire.call(
                                    "ListShards",
                                    "{'StreamName':'%s','ShardFilter':{'Type':'AT_LATEST'}}"
                                            .formatted(stream))
                            .path("Shards");
            var request =
                    switch (random.nextInt(3)) {
                        case 0 -> Resharding.split(open, random);
                        case 1 -> Resharding.merge(open, random);
                        default -> Resharding.scale(open, random);
                    };
            var answer = wire.json(request.operation(), request.body(stream));
            if (answer.status() == 200) {
                done++;
            } else {
                assertThat(answer.type())
                        .as(answer.text())
                        .isIn("InvalidArgumentException", "ResourceInUseException");
            }
        }
        return done;
    }
}
