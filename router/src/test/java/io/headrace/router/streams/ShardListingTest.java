package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.stream.StreamFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShardListingTest {
    private static final String A = "{'StreamName':'a'";
    private static final long CREATED = StreamFixture.START_MS;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private final ControlPlane plane = ControlPlane.create();

    /** Shard 0 from hour 0 to 1; 1 and 2 from 1, of which 2 until 3; 3 and 4 from 3; now is 4. */
    @BeforeEach
    void createStream() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':1}");
        plane.fixture.clock.advance(Duration.ofHours(1));
        split(0, "170141183460469231731687303715884105728");
        plane.fixture.clock.advance(Duration.ofHours(2));
        split(2, "255211775190703847597530955573826158592");
        plane.fixture.clock.advance(Duration.ofHours(1));
    }

    static Stream<Arguments> filters() {
        return Stream.of(
                Arguments.of("'Type':'AT_LATEST'", List.of(1, 3, 4)),
                Arguments.of("'Type':'AT_TRIM_HORIZON'", List.of(0)),
                Arguments.of("'Type':'FROM_TRIM_HORIZON'", List.of(0, 1, 2, 3, 4)),
                Arguments.of(at("AT", CREATED - HOUR), List.of(0)),
                Arguments.of(at("AT", CREATED + HOUR - 1), List.of(0)),
                Arguments.of(at("AT", CREATED + HOUR), List.of(1, 2)),
                Arguments.of(at("AT", CREATED + 2 * HOUR), List.of(1, 2)),
                Arguments.of(at("AT", CREATED + 3 * HOUR), List.of(1, 3, 4)),
                Arguments.of(at("FROM", CREATED), List.of(0, 1, 2, 3, 4)),
                Arguments.of(at("FROM", CREATED + 2 * HOUR), List.of(1, 2, 3, 4)),
                Arguments.of(at("FROM", CREATED + 4 * HOUR), List.of(1, 3, 4)),
                Arguments.of(
                        "'Type':'AFTER_SHARD_ID','ShardId':'shardId-000000000002'", List.of(3, 4)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("filters")
    void filtersShards(String filter, List<Integer> numbers) {
        for (int pageSize : new int[] {10_000, 1, 2}) {
            assertThat(listed(",'ShardFilter':{" + filter + "}", pageSize)).isEqualTo(numbers);
        }
    }

    @Test
    void aDayLaterTheTrimHorizonIsPastTheFirstSplit() throws InterruptedException {
        plane.fixture.clock.advance(Duration.ofHours(22));
        assertThat(listed(",'ShardFilter':{'Type':'AT_TRIM_HORIZON'}", 10))
                .isEqualTo(List.of(1, 2));
        assertThat(listed(",'ShardFilter':{'Type':'FROM_TRIM_HORIZON'}", 10))
                .isEqualTo(List.of(1, 2, 3, 4));
        plane.fixture.transitions.step();
        assertThat(listed("", 10)).isEqualTo(List.of(1, 2, 3, 4));
    }

    @Test
    void startsAfterAShard() {
        assertThat(listed(",'ExclusiveStartShardId':'shardId-000000000001'", 2))
                .isEqualTo(List.of(2, 3, 4));
    }

    @Test
    void aTokenExpiresAfterFiveMinutes() {
        var token = plane.call("ListShards", A + ",'MaxResults':1}").get("NextToken").asText();
        plane.fixture.clock.advance(Duration.ofMinutes(5));
        assertThat(plane.call("ListShards", "{'NextToken':'" + token + "'}").get("Shards"))
                .hasSize(4);
        plane.fixture.clock.advance(Duration.ofMillis(1));
        assertThat(plane.refusal("ListShards", "{'NextToken':'" + token + "'}"))
                .startsWith("ExpiredNextTokenException: ");
    }

    @Test
    void aTokenIsOfItsStreamAndNotOfItsSuccessor() {
        var token = plane.call("ListShards", A + ",'MaxResults':1}").get("NextToken").asText();
        plane.call("DeleteStream", A + "}");
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':3}");
        assertThat(plane.refusal("ListShards", "{'NextToken':'" + token + "'}"))
                .startsWith("ResourceNotFoundException: ");
        assertThat(plane.refusal("ListStreams", "{'NextToken':'" + token + "'}"))
                .isEqualTo("InvalidArgumentException: Invalid NextToken.");
    }

    private List<Integer> listed(String members, int pageSize) {
        var numbers = new ArrayList<Integer>();
        var body = A + members + ",'MaxResults':" + pageSize + "}";
        while (true) {
            var page = plane.call("ListShards", body);
            assertThat(page.get("Shards").size()).isLessThanOrEqualTo(pageSize);
            page.get("Shards")
                    .forEach(shard -> {
                        var id = shard.get("ShardId").asText();
                        numbers.add(Integer.parseInt(id.substring("shardId-".length())));
                    });
            if (!page.has("NextToken")) {
                return numbers;
            }
            body =
                    "{'NextToken':'%s','MaxResults':%d}"
                            .formatted(page.get("NextToken").asText(), pageSize);
        }
    }

    private void split(int shard, String at) {
        plane.call(
                "SplitShard",
                "%s,'ShardToSplit':'%d','NewStartingHashKey':'%s'}".formatted(A, shard, at));
    }

    private static String at(String kind, long ms) {
        return "'Type':'%s_TIMESTAMP','Timestamp':%d.%03d".formatted(kind, ms / 1000, ms % 1000);
    }
}
