package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** The quotas of a shard, with AWS's limits on. */
class ShardRatesTest {
    private static final String LATEST = "'LATEST'";
    private static final String EXCEEDED =
            "ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000000"
                    + " in stream s under account 000000000000.";

    private final DataPlane plane = DataPlane.limited().stream("s", 1);

    private void pass(double seconds) {
        plane.nanos += (long) (seconds * 1e9);
    }

    private JsonNode putMany(int count, int bytes) {
        var entry =
                "{'PartitionKey':'k','Data':'%s'}".formatted(DataPlane.base64("x".repeat(bytes)));
        return plane.call(
                "PutRecords",
                "{'StreamName':'s','Records':["
                        + String.join(",", Collections.nCopies(count, entry))
                        + "]}");
    }

    private static int stored(JsonNode answer) {
        return answer.path("Records").size() - answer.path("FailedRecordCount").asInt();
    }

    @Test
    void aThousandRecordsASecond() {
        assertThat(stored(putMany(500, 0))).isEqualTo(500);
        assertThat(stored(putMany(499, 0))).isEqualTo(499);
        var answer = putMany(3, 0);
        assertThat(stored(answer)).isEqualTo(1);
        assertThat(answer.at("/Records/1/ErrorCode").asText())
                .isEqualTo("ProvisionedThroughputExceededException");
        assertThat(answer.at("/Records/1/ErrorMessage").asText())
                .isEqualTo(
                        "Rate exceeded for shard shardId-000000000000 in stream s under account"
                                + " 000000000000.");
        assertThat(plane.refusal("PutRecord", "{'StreamName':'s','PartitionKey':'k','Data':''}"))
                .isEqualTo(EXCEEDED);
        pass(0.1);
        assertThat(stored(putMany(200, 0))).isEqualTo(100);
    }

    @Test
    void aMebibyteASecond() {
        assertThat(stored(putMany(10, 100_000))).isEqualTo(10);
        assertThat(stored(putMany(1, 100_000))).isZero();
        assertThat(stored(putMany(1, 40_000))).isEqualTo(1);
        pass(0.5);
        assertThat(stored(putMany(10, 100_000))).isEqualTo(5);
        pass(60);
        assertThat(stored(putMany(11, 100_000))).isEqualTo(10);
    }

    @Test
    void aRecordAboveTheRateTakesAFullBucketAndIsPaidOff() {
        plane.call(
                "UpdateMaxRecordSize",
                "{'StreamARN':'%s','MaxRecordSizeInKiB':10240}".formatted(DataPlane.ARN + "s"));
        assertThat(stored(putMany(1, 3 << 20))).isEqualTo(1);
        pass(2);
        assertThat(stored(putMany(1, 1000))).isZero();
        pass(1);
        assertThat(stored(putMany(1, 1000))).isEqualTo(1);
    }

    @Test
    void fiveReadsASecond() {
        var iterator = plane.iterator("s", 0, "'TRIM_HORIZON'");
        for (int i = 0; i < 5; i++) {
            plane.read(iterator);
        }
        assertThat(plane.refusal("GetRecords", "{'ShardIterator':'" + iterator + "'}"))
                .isEqualTo(EXCEEDED);
        pass(0.2);
        plane.read(iterator);
    }

    @Test
    void tenMebibytesReadAreFollowedByFiveSecondsOfNone() {
        for (int i = 0; i < 12; i++) {
            putMany(1, (1 << 20) - 100);
            pass(1);
        }
        var iterator = plane.iterator("s", 0, "'TRIM_HORIZON'");
        assertThat(plane.read(iterator).path("Records")).hasSize(10);
        pass(4.9);
        assertThat(plane.refusal("GetRecords", "{'ShardIterator':'" + iterator + "'}"))
                .isEqualTo(EXCEEDED);
        pass(0.2);
        plane.read(iterator);
    }

    @Test
    void fiveIteratorsASecond() {
        // What is refused for another reason is not counted.
        for (int i = 0; i < 20; i++) {
            for (var wrong :
                    new String[] {"'SOME'", "'AT_SEQUENCE_NUMBER'", "'LATEST','DryRun':true"}) {
                assertThat(plane.refusal("GetShardIterator", DataPlane.iteratorBody("s", 0, wrong)))
                        .doesNotContain("Throughput");
            }
            assertThat(plane.refusal("GetShardIterator", DataPlane.iteratorBody("s", 7, LATEST)))
                    .startsWith("ResourceNotFoundException");
        }
        for (int i = 0; i < 5; i++) {
            plane.iterator("s", 0, LATEST);
        }
        assertThat(plane.refusal("GetShardIterator", DataPlane.iteratorBody("s", 0, LATEST)))
                .isEqualTo(EXCEEDED);
        pass(0.2);
        plane.iterator("s", 0, LATEST);
        // Reads have a quota of their own.
        plane.read(DataPlane.create().stream("s", 1).iterator("s", 0, LATEST));
    }

    /** Finding a time may read from disk. */
    @Test
    void whoHasNoIteratorsLeftMakesNobodyLook() {
        var at = "'AT_TIMESTAMP','Timestamp':1";
        for (int i = 0; i < 5; i++) {
            plane.iterator("s", 0, at);
        }
        int looks = plane.shards.looks;
        assertThat(plane.refusal("GetShardIterator", DataPlane.iteratorBody("s", 0, at)))
                .isEqualTo(EXCEEDED);
        var dry = DataPlane.iteratorBody("s", 0, at + ",'DryRun':true");
        assertThat(plane.refusal("GetShardIterator", dry)).startsWith("DryRunOperationException");
        assertThat(plane.shards.looks).isEqualTo(looks);
    }

    @Test
    void shardsDoNotShare() {
        plane.stream("t", 1);
        putMany(500, 0);
        putMany(500, 0);
        assertThat(stored(putMany(1, 0))).isZero();
        assertThat(plane.put("t", "k", "").has("ShardId")).isTrue();
    }
}
