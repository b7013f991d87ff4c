package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Policy;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often the control plane may be called, with AWS's limits on. */
class CallRatesTest {
    private static final String OF_STREAM =
            "LimitExceededException: Rate exceeded for stream s under account 000000000000.";

    private final DataPlane plane = DataPlane.limited().stream("s", 1).stream("t", 1);

    @ParameterizedTest
    @CsvSource({
        "DescribeStream, 10, true",
        "DescribeStreamSummary, 20, true",
        "ListTagsForStream, 5, false",
        "ListShards, 1000, false",
        "SplitShard, 5, false",
        "IncreaseStreamRetentionPeriod, 5, false"
    })
    void asDocumentedByAccountOrStream(String operation, int perSecond, boolean byAccount) {
        var body = "{'StreamName':'%s'%s}";
        var rest =
                switch (operation) {
                    case "IncreaseStreamRetentionPeriod" -> ",'RetentionPeriodHours':48";
                    case "SplitShard" -> ",'ShardToSplit':'%s','NewStartingHashKey':'%s'";
                    default -> "";
                };
        for (int i = 0; i < perSecond; i++) {
            // Always the right one of two.
            plane.call(operation, body.formatted("s", rest.formatted(2 * i, 1_000_000 * (i + 1))));
        }
        var next = rest.formatted(2 * perSecond, 1_000_000 * (perSecond + 1));
        assertThat(plane.refusal(operation, body.formatted("s", next))).isEqualTo(OF_STREAM);
        if (byAccount) {
            assertThat(plane.refusal(operation, body.formatted("t", rest.formatted(0, 7))))
                    .isEqualTo(OF_STREAM.replace("stream s", "stream t"));
        } else {
            plane.call(operation, body.formatted("t", rest.formatted(0, 7)));
        }
        plane.nanos += 1_000_000_000L / perSecond;
        plane.call(operation, body.formatted("s", next));
        assertThat(plane.outcome(operation, body.formatted("s", next))).isNotEqualTo("answered");
    }

    @Test
    void whatIsOnNoStreamIsTheAccounts() {
        plane.call("DescribeLimits", "{}");
        assertThat(plane.refusal("DescribeLimits", "{}"))
                .isEqualTo("LimitExceededException: Rate exceeded for account 000000000000.");
        plane.as(Caller.root("111111111111")).call("DescribeLimits", "{}");
    }

    @Test
    void whatIsRefusedForAnotherReasonIsNotCounted() {
        var nobody =
                new Caller("000000000000", "arn:aws:iam::000000000000:user/u", List.<Policy>of());
        for (int i = 0; i < 30; i++) {
            plane.as(nobody);
            assertThat(plane.refusal("DescribeStream", "{'StreamName':'s'}"))
                    .startsWith("AccessDeniedException");
            plane.as(Caller.root("000000000000"));
            assertThat(plane.refusal("DescribeStream", "{'StreamName':'absent'}"))
                    .startsWith("ResourceNotFoundException");
            assertThat(plane.refusal("DescribeStream", "{'StreamName':'!'}"))
                    .startsWith("ValidationException");
            assertThat(plane.refusal("DescribeStream", "{'StreamName':'s','StreamARN':'x'}"))
                    .startsWith("ValidationException");
        }
        for (int i = 0; i < 10; i++) {
            plane.call("DescribeStream", "{'StreamName':'s'}");
        }
        assertThat(plane.refusal("DescribeStream", "{'StreamName':'s'}")).isEqualTo(OF_STREAM);
    }

    @Test
    void withoutLimitsNothingIsCounted() {
        var free = DataPlane.create().stream("s", 1);
        for (int i = 0; i < 2_000; i++) {
            free.call("DescribeLimits", "{}");
            free.iterator("s", 0, "'LATEST'");
        }
    }

    @Test
    void fullBucketsAreForgotten() {
        long[] now = {0};
        var buckets = new TokenBuckets<Integer>(() -> now[0]);
        IntStream.range(0, 9_999).forEach(key -> buckets.take(key, 5));
        buckets.spend(-1, 5, 100);
        now[0] = 1_000_000_000L;
        assertThat(buckets.take(-2, 5)).isTrue();
        assertThat(buckets.size()).isLessThan(5);
        assertThat(buckets.owedNanos(-1, 5)).isEqualTo(18_000_000_000L);
    }
}
