package io.headrace.store.stream;

import static io.headrace.store.stream.StreamFixture.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StreamsTest {
    private final StreamFixture fixture = StreamFixture.create(StreamLimits.aws(), Duration.ZERO);
    private final Streams streams = fixture.streams;

    @BeforeEach
    void createStreams() throws InterruptedException {
        streams.create(name("a"), NewStream.provisioned(3));
        streams.create(name("b"), NewStream.onDemand());
    }

    interface Call {
        void on(Streams streams) throws InterruptedException;
    }

    record Refusal(String what, Call call, ErrorCode code, String message) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Refusal> refusals() {
        var under = " under account 000000000000";
        return List.of(
                new Refusal(
                        "create twice",
                        streams -> streams.create(name("a"), NewStream.provisioned(1)),
                        ErrorCode.RESOURCE_IN_USE,
                        "Stream a" + under + " already exists."),
                new Refusal(
                        "delete unknown",
                        streams -> streams.delete(name("x"), false),
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "Stream x" + under + " not found."),
                new Refusal(
                        "split unknown shard",
                        streams -> streams.split(name("a"), 5, BigInteger.TEN),
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "Could not find shard shardId-000000000005 in stream a" + under + "."),
                new Refusal(
                        "split at the start",
                        streams -> streams.split(name("a"), 0, BigInteger.ONE),
                        ErrorCode.INVALID_ARGUMENT,
                        "NewStartingHashKey 1 used in SplitShard() on shard shardId-000000000000 in"
                                + " stream a"
                                + under
                                + " is not both greater than one plus the shard's StartingHashKey 0"
                                + " and less than the shard's EndingHashKey"
                                + " 113427455640312821154458202477256070484."),
                new Refusal(
                        "split beyond the key space",
                        streams -> streams.split(name("a"), 2, BigInteger.ONE.shiftLeft(130)),
                        ErrorCode.INVALID_ARGUMENT,
                        "less than the shard's EndingHashKey"
                                + " 340282366920938463463374607431768211455."),
                new Refusal(
                        "merge shards apart",
                        streams -> streams.merge(name("a"), 0, 2),
                        ErrorCode.INVALID_ARGUMENT,
                        "Shards shardId-000000000000 and shardId-000000000002 in stream a"
                                + under
                                + " are not an adjacent pair of shards eligible for merging"),
                new Refusal(
                        "merge the wrong way round",
                        streams -> streams.merge(name("a"), 1, 0),
                        ErrorCode.INVALID_ARGUMENT,
                        "are not an adjacent pair of shards eligible for merging"),
                new Refusal(
                        "split a closed shard",
                        streams -> {
                            streams.merge(name("a"), 0, 1);
                            streams.split(name("a"), 1, BigInteger.ONE.shiftLeft(127));
                        },
                        ErrorCode.INVALID_ARGUMENT,
                        "Shard shardId-000000000001 in stream a"
                                + under
                                + " has already been merged or split, and thus is not eligible for"
                                + " merging or splitting."),
                new Refusal(
                        "scale up too far",
                        streams -> streams.scale(name("a"), 7),
                        ErrorCode.LIMIT_EXCEEDED,
                        "UpdateShardCount cannot scale up over double your current open shard"
                                + " count. Current open shard count: 3, Target shard count: 7"),
                new Refusal(
                        "scale down too far",
                        streams -> streams.scale(name("a"), 1),
                        ErrorCode.LIMIT_EXCEEDED,
                        "UpdateShardCount cannot scale down below half your current open shard"
                                + " count. Current open shard count: 3, Target shard count: 1"),
                new Refusal(
                        "scale an on-demand stream",
                        streams -> streams.scale(name("b"), 8),
                        ErrorCode.VALIDATION,
                        "is in On-Demand mode."),
                new Refusal(
                        "too many shards",
                        streams -> streams.create(name("x"), NewStream.provisioned(20_000)),
                        ErrorCode.LIMIT_EXCEEDED,
                        "This request would exceed the shard limit for the account 000000000000 in"
                                + " us-east-1. Current shard count for the account: 7. Limit: 20000."
                                + " Number of additional shards that would have resulted from this"
                                + " request: 20000. Refer to the AWS Service Limits page"
                                + " (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html)"
                                + " for current limits and how to request higher limits."),
                new Refusal(
                        "scale eleven times a day",
                        streams -> {
                            for (int i = 0; i < 11; i++) {
                                streams.scale(name("a"), 4 + i % 2);
                            }
                        },
                        ErrorCode.LIMIT_EXCEEDED,
                        "10 times in the last 24 hours"),
                new Refusal(
                        "switch modes three times a day",
                        streams -> {
                            streams.switchMode(name("a"), StreamMode.ON_DEMAND, 0);
                            streams.switchMode(name("a"), StreamMode.PROVISIONED, 0);
                            streams.switchMode(name("a"), StreamMode.ON_DEMAND, 0);
                        },
                        ErrorCode.LIMIT_EXCEEDED,
                        "2 times in the last 24 hours"),
                new Refusal(
                        "delete with consumers",
                        streams -> {
                            streams.register(name("a"), consumer("c"));
                            streams.delete(name("a"), false);
                        },
                        ErrorCode.RESOURCE_IN_USE,
                        "DeleteStream can't delete 000000000000:a because there are consumers"
                                + " associated with this data stream."),
                new Refusal(
                        "register twice",
                        streams -> {
                            streams.register(name("a"), consumer("c"));
                            streams.register(name("a"), consumer("c"));
                        },
                        ErrorCode.RESOURCE_IN_USE,
                        "Consumer c under stream a already exists for account 000000000000."),
                new Refusal(
                        "register 21",
                        streams -> {
                            for (int i = 0; i < 21; i++) {
                                streams.register(name("a"), consumer("c" + i));
                            }
                        },
                        ErrorCode.LIMIT_EXCEEDED,
                        "Limit of 20 consumers per stream exceeded"),
                new Refusal(
                        "deregister unknown",
                        streams -> streams.deregister(name("a"), "c"),
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "Consumer c under stream a not found for account 000000000000."));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesInTheWordsOfKinesis(Refusal refusal) {
        assertThatThrownBy(() -> refusal.call().on(streams))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> {
                            assertThat(e).hasMessageContaining(refusal.message());
                            assertThat(e.code()).isEqualTo(refusal.code());
                        });
    }

    @Test
    void aStreamInTransitionRefusesOtherChanges() throws Exception {
        var slow = StreamFixture.create(StreamLimits.none(), Duration.ofSeconds(1));
        slow.streams.create(name("a"), NewStream.provisioned(2));
        List<Call> calls =
                List.of(
                        streams -> streams.merge(name("a"), 0, 1),
                        streams -> streams.split(name("a"), 0, BigInteger.TEN),
                        streams -> streams.scale(name("a"), 4),
                        streams -> streams.switchMode(name("a"), StreamMode.ON_DEMAND, 0),
                        streams -> streams.update(name("a"), state -> state));
        for (var call : calls) {
            assertThatThrownBy(() -> call.on(slow.streams))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(
                            "Stream a under account 000000000000 not ACTIVE, instead in state"
                                    + " CREATING");
        }
    }

    @Test
    void withoutQuotasAStreamScalesByHalfOrDoubleAnyNumberOfTimes() throws Exception {
        var free = StreamFixture.create();
        free.streams.create(name("a"), NewStream.provisioned(1));
        for (int shards = 2; shards <= 64; shards *= 2) {
            assertThat(free.streams.scale(name("a"), shards)).isEqualTo(shards / 2);
        }
        assertThatThrownBy(() -> free.streams.scale(name("a"), 129))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "UpdateShardCount cannot scale up over double your current open shard"
                                + " count. Current open shard count: 64, Target shard count: 129");
        assertThatThrownBy(() -> free.streams.scale(name("a"), 31))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "UpdateShardCount cannot scale down below half your current open shard"
                                + " count. Current open shard count: 64, Target shard count: 31");
        for (int shards = 32; shards >= 1; shards /= 2) {
            assertThat(free.streams.scale(name("a"), shards)).isEqualTo(shards * 2);
        }
        assertThat(free.state("a").shards().openCount()).isEqualTo(1);
    }

    @Test
    void withoutQuotasAStreamHasTwentyConsumers() throws Exception {
        var free = StreamFixture.create();
        free.streams.create(name("a"), NewStream.provisioned(1));
        for (int i = 0; i < 20; i++) {
            free.streams.register(name("a"), consumer("c" + i));
        }
        assertThatThrownBy(() -> free.streams.register(name("a"), consumer("c20")))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
    }

    @Test
    void deletesConsumersWithTheStreamWhereAsked() throws Exception {
        streams.register(name("a"), consumer("c"));
        streams.delete(name("a"), true);
        assertThat(fixture.catalog.find(name("a"))).isEmpty();
    }

    @Test
    void switchingModesKeepsTheShards() throws Exception {
        streams.switchMode(name("a"), StreamMode.ON_DEMAND, 0);
        assertThat(fixture.state("a").options().mode()).isEqualTo(StreamMode.ON_DEMAND);
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(3);
    }

    private static ConsumerState consumer(String name) {
        return new ConsumerState(
                name, StreamFixture.START_MS, ConsumerState.Status.ACTIVE, 0, new TreeMap<>(), "");
    }
}
