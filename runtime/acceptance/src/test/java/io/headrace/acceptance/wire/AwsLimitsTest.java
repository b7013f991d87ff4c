package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.testkit.HeadraceNode;
import java.util.Collections;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A node told to hold AWS's quotas. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class AwsLimitsTest {
    private @Nullable HeadraceNode started;

    @BeforeAll
    void start() {
        Distribution.assumeBuilt();
        started = HeadraceNode.builder().options("--limits", "aws").start();
    }

    @AfterAll
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    private Wire wire() {
        return new Wire(Objects.requireNonNull(started).endpoint());
    }

    @Test
    void aShardsRateIsRefusedRecordByRecord() {
        var stream = wire().newStream(1);
        var entry = "{'PartitionKey':'k','Data':'" + Wire.base64("x".repeat(10_000)) + "'}";
        var body =
                "{'StreamName':'%s','Records':[%s]}"
                        .formatted(stream, String.join(",", Collections.nCopies(500, entry)));
        // Five megabytes at once into one that takes one a second.
        var answer = wire().call("PutRecords", body);
        int failed = answer.path("FailedRecordCount").asInt();
        assertThat(failed).isBetween(250, 400);
        assertThat(answer.path("Records").findValuesAsText("ErrorCode"))
                .hasSize(failed)
                .containsOnly("ProvisionedThroughputExceededException");
        assertThat(answer.path("Records").findValuesAsText("ErrorMessage"))
                .containsOnly(
                        "Rate exceeded for shard shardId-000000000000 in stream "
                                + stream
                                + " under account 000000000000.");
    }

    @Test
    void aSixthReadInASecondIsRefused() {
        var stream = wire().newStream(1);
        var iterator =
                wire().call(
                                "GetShardIterator",
                                "{'StreamName':'%s','ShardId':'0','ShardIteratorType':'LATEST'}"
                                        .formatted(stream))
                        .path("ShardIterator")
                        .asText();
        int refused = 0;
        for (int i = 0; i < 20; i++) {
            var answer = wire().json("GetRecords", "{'ShardIterator':'" + iterator + "'}");
            if (answer.status() == 400) {
                assertThat(answer.type()).isEqualTo("ProvisionedThroughputExceededException");
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void consumersAndTagsAndScalingAreBounded() {
        var stream = wire().newStream(1);
        var arn = wire().arnOf(stream);
        int throttled = 0;
        for (int i = 0; i < 20; i++) {
            while (throttled(register(arn, "c" + i))) {
                throttled++;
            }
        }
        assertThat(throttled).isPositive();
        var more = register(arn, "c20");
        while (throttled(more)) {
            more = register(arn, "c20");
        }
        assertThat(more.type()).isEqualTo("LimitExceededException");
        assertThat(more.status()).isEqualTo(400);
        var tripled =
                wire().json(
                                "UpdateShardCount",
                                "{'StreamName':'%s','TargetShardCount':3,'ScalingType':'UNIFORM_SCALING'}"
                                        .formatted(stream));
        assertThat(tripled.type()).isEqualTo("LimitExceededException");
        var inUse = wire().json("DeleteStream", "{'StreamName':'" + stream + "'}");
        assertThat(inUse.type()).isEqualTo("ResourceInUseException");
    }

    private Wire.Answer register(String arn, String consumer) {
        return wire().json(
                        "RegisterStreamConsumer",
                        "{'StreamARN':'%s','ConsumerName':'%s'}".formatted(arn, consumer));
    }

    private static boolean throttled(Wire.Answer answer) {
        return answer.type().equals("LimitExceededException")
                && answer.message().startsWith("Rate exceeded for stream ");
    }
}
