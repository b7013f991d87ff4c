package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.stream.OnDemandScaler;
import io.headrace.store.stream.ScalerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Puts drive the shards of an on-demand stream, in minutes instead of hours. */
class OnDemandTest {
    private static final ScalerSettings SETTINGS =
            new ScalerSettings(Duration.ofMinutes(1), Duration.ofMinutes(5), 500_000, 500, 4);
    private static final Duration STEP = Duration.ofSeconds(10);

    private final DataPlane plane = DataPlane.create();
    private final OnDemandScaler scaler =
            new OnDemandScaler(
                    plane.streams,
                    plane.meter,
                    () -> plane.nanos,
                    SETTINGS,
                    stream -> true,
                    loads -> {});

    OnDemandTest() {
        plane.call(
                "CreateStream",
                "{'StreamName':'s','StreamModeDetails':{'StreamMode':'ON_DEMAND'}}");
    }

    private int open() {
        return plane.call("DescribeStreamSummary", "{'StreamName':'s'}")
                .at("/StreamDescriptionSummary/OpenShardCount")
                .asInt();
    }

    /** Writes that many records of a kilobyte to one key of the lowest shard in a step's time. */
    private void pass(int recordsPerStep) throws InterruptedException {
        var entry =
                "{'PartitionKey':'k','ExplicitHashKey':'1','Data':'%s'}"
                        .formatted(DataPlane.base64("x".repeat(999)));
        for (int left = recordsPerStep; left > 0; left -= 500) {
            plane.call(
                    "PutRecords",
                    "{'StreamName':'s','Records':[%s]}"
                            .formatted(
                                    String.join(
                                            ",", Collections.nCopies(Math.min(500, left), entry))));
        }
        plane.clock.advance(STEP);
        plane.nanos += STEP.toNanos();
        scaler.step();
    }

    @Test
    void aHotShardIsSplitColdOnesAreMergedAndEveryRecordIsReadOnce() throws Exception {
        assertThat(open()).isEqualTo(4);
        for (int i = 0; i < 5; i++) {
            pass(5_100);
        }
        assertThat(open()).as("hot for less than a minute").isEqualTo(4);
        pass(5_100);
        assertThat(open()).isEqualTo(5);
        // Only the lowest shard was split.
        var shards = plane.call("ListShards", "{'StreamName':'s'}").path("Shards");
        assertThat(shards.findValuesAsText("ParentShardId"))
                .containsExactly("shardId-000000000000", "shardId-000000000000");
        pass(100);

        for (int i = 0; i < 40; i++) {
            pass(1);
        }
        assertThat(open()).as("cold, and never below the least").isEqualTo(4);

        var data = new ArrayList<String>();
        for (var shard : plane.state("s").shards().all()) {
            data.addAll(readAll(shard.number()));
        }
        assertThat(data).hasSize(6 * 5_100 + 100 + 40);
    }

    @Test
    void aProvisionedStreamKeepsItsShardsHoweverHot() throws Exception {
        plane.call(
                "UpdateStreamMode",
                "{'StreamARN':'%ss','StreamModeDetails':{'StreamMode':'PROVISIONED'}}"
                        .formatted(DataPlane.ARN));
        assertThat(open()).isEqualTo(4);
        for (int i = 0; i < 8; i++) {
            pass(5_100);
        }
        assertThat(open()).isEqualTo(4);
    }

    private List<String> readAll(int shard) {
        var data = new ArrayList<String>();
        var iterator = plane.iterator("s", shard, "'TRIM_HORIZON'");
        while (true) {
            var answer = plane.read(iterator);
            data.addAll(DataPlane.data(answer));
            if (answer.path("MillisBehindLatest").asLong() == 0) {
                return data;
            }
            iterator = answer.path("NextShardIterator").asText();
        }
    }
}
