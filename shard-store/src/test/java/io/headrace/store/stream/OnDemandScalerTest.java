package io.headrace.store.stream;

import static io.headrace.store.stream.StreamFixture.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.HashKey;
import io.headrace.store.HashRange;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnDemandScalerTest {
    private static final Duration STEP = Duration.ofSeconds(10);

    private StreamFixture fixture = StreamFixture.create();
    private final LoadMeter meter = new LoadMeter();
    // Anywhere, also about to overflow.
    private long nanos = Long.MAX_VALUE - 1_000_000_000L;
    private boolean isMine = true;
    private final List<ShardLoad> told = new ArrayList<>();
    private OnDemandScaler scaler = scalerOf(fixture);

    private OnDemandScaler scalerOf(StreamFixture of) {
        return new OnDemandScaler(
                of.streams,
                meter,
                () -> nanos,
                new ScalerSettings(
                        Duration.ofSeconds(60), Duration.ofSeconds(120), 500_000, 500, 4),
                stream -> isMine,
                told::addAll);
    }

    @BeforeEach
    void createStream() throws InterruptedException {
        fixture.streams.create(name("a"), NewStream.onDemand());
    }

    @Test
    void whatOthersTellCountsAndOnlyWhatWasPutHereIsTold() throws Exception {
        var key = fixture.state("a").shardKey(1);
        for (int i = 0; i < 6; i++) {
            // Half of it through each of two nodes: neither alone would find it hot.
            meter.heard(List.of(new ShardLoad(key, 100, 3_000_000, 0)));
            step(1, 100, 200_000, 100_000);
        }
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(5);
        assertThat(told).hasSize(6).allMatch(load -> load.lowerBytes() == 2_000_000);
    }

    @Test
    void reshapesOnlyWhatIsItsOwn() throws Exception {
        isMine = false;
        for (int i = 0; i < 10; i++) {
            step(1, 100, 400_000, 200_000);
        }
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(4);
        isMine = true;
        step(1, 100, 400_000, 200_000);
        // It was measured all the time.
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(5);
    }

    @Test
    void splitsAShardThatStaysHot() throws Exception {
        for (int i = 0; i < 5; i++) {
            step(1, 100, 400_000, 200_000);
        }
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(4);
        step(1, 100, 400_000, 200_000);
        var shards = fixture.state("a").shards();
        assertThat(shards.openCount()).isEqualTo(5);
        assertThat(shards.find(1).orElseThrow().isOpen()).isFalse();
        // 300,000 of the 400,000 lower bytes go to the lower child: three quarters of the half.
        var parent = HashRange.even(4).get(1);
        var third =
                parent.start()
                        .toBigInteger()
                        .add(
                                BigInteger.ONE
                                        .shiftLeft(126)
                                        .multiply(BigInteger.valueOf(3))
                                        .shiftRight(3));
        assertThat(shards.find(4).orElseThrow().range().end().toBigInteger())
                .isBetween(third.subtract(BigInteger.TWO), third);
    }

    @Test
    void splitsAShardThatGetsManyRecords() throws Exception {
        for (int i = 0; i < 6; i++) {
            step(2, 600, 1_000, 1_000);
        }
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(5);
    }

    @Test
    void aPauseStartsTheCountAgain() throws Exception {
        for (int i = 0; i < 20; i++) {
            step(1, 100, i % 5 == 4 ? 0 : 600_000, 0);
        }
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(4);
    }

    @Test
    void mergesColdNeighboursButKeepsFour() throws Exception {
        fixture.streams.switchMode(name("a"), StreamMode.PROVISIONED, 0);
        fixture.streams.scale(name("a"), 8);
        fixture.streams.scale(name("a"), 16);
        fixture.streams.switchMode(name("a"), StreamMode.ON_DEMAND, 0);
        for (int i = 0; i < 11; i++) {
            step(-1, 0, 0, 0);
        }
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(16);
        step(-1, 0, 0, 0);
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(8);
        for (int i = 0; i < 100; i++) {
            step(-1, 0, 0, 0);
        }
        assertThat(fixture.state("a").shards().open().stream().map(ShardState::range).toList())
                .isEqualTo(HashRange.even(4));
    }

    @Test
    void warmThroughputKeepsShards() throws Exception {
        fixture.streams.switchMode(name("a"), StreamMode.PROVISIONED, 0);
        fixture.streams.scale(name("a"), 8);
        fixture.streams.scale(name("a"), 16);
        fixture.streams.switchMode(name("a"), StreamMode.ON_DEMAND, 10);
        for (int i = 0; i < 100; i++) {
            step(-1, 0, 0, 0);
        }
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(10);
    }

    @Test
    void leavesProvisionedStreamsAlone() throws Exception {
        fixture.streams.switchMode(name("a"), StreamMode.PROVISIONED, 0);
        for (int i = 0; i < 30; i++) {
            step(1, 1_000, 900_000, 0);
        }
        assertThat(fixture.state("a").shards().all()).hasSize(4);
    }

    @Test
    void oneHotKeyDoesNotSplitForEver() throws Exception {
        var hot = new HashKey(0x1234_5678_9abc_def0L, 1);
        for (int i = 0; i < 600; i++) {
            var shards = fixture.state("a").shards();
            int position = shards.position(hot.high(), hot.low());
            boolean upper = shards.isUpperHalf(position, hot.high());
            step(shards.numberAt(position), 100, upper ? 0 : 900_000, upper ? 900_000 : 0);
        }
        assertThat(fixture.state("a").shards().openCount()).isLessThan(40);
    }

    @Test
    void aClockThatIsSetMakesNoShardHotOrCold() throws Exception {
        fixture.streams.switchMode(name("a"), StreamMode.PROVISIONED, 0);
        fixture.streams.scale(name("a"), 8);
        fixture.streams.scale(name("a"), 16);
        fixture.streams.switchMode(name("a"), StreamMode.ON_DEMAND, 0);
        step(-1, 0, 0, 0);
        fixture.clock.advance(Duration.ofHours(25));
        step(-1, 0, 0, 0);
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(16);
        fixture.clock.advance(Duration.ofHours(-50));
        for (int i = 0; i < 6; i++) {
            step(20, 0, 0, 600_000);
        }
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(17);
    }

    @Test
    void splitsTheHottestWhereTheQuotaHasNoRoomForAll() throws Exception {
        var none = StreamLimits.none();
        var limits =
                new StreamLimits(
                        6,
                        none.consumersMax(),
                        none.onDemandStreamsMax(),
                        none.creatingMax(),
                        none.scalingsPerDay(),
                        none.modeSwitchesPerDay(),
                        none.encryptionsPerDay());
        fixture = StreamFixture.create(limits, Duration.ZERO);
        fixture.streams.create(name("a"), NewStream.onDemand());
        scaler = scalerOf(fixture);
        for (int i = 0; i < 6; i++) {
            for (int shard = 0; shard < 4; shard++) {
                load(shard, 10, 600_000 + 1_000 * shard, 0);
            }
            step(-1, 0, 0, 0);
        }
        var shards = fixture.state("a").shards();
        assertThat(shards.openCount()).isEqualTo(6);
        assertThat(shards.all().stream().filter(shard -> !shard.isOpen()))
                .extracting(ShardState::number)
                .containsExactly(2, 3);
    }

    @Test
    void latePutsToForgottenShardsLeaveNothing() throws Exception {
        for (int i = 0; i < 6; i++) {
            step(1, 100, 600_000, 0);
        }
        step(-1, 0, 0, 0);
        assertThat(meter.size()).isEqualTo(5);
        load(1, 1, 1, 0);
        assertThat(meter.size()).isEqualTo(6);
        step(-1, 0, 0, 0);
        assertThat(meter.size()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 512", "3, 1, 341", "1, 3, 683", "0, 1, 768", "1, 0, 256", "0, 0, 512"})
    void theSplitPointHalvesTheLoad(long lower, long upper, long grains) {
        var range = new HashRange(HashKey.MIN, HashKey.MAX);
        var at = OnDemandScaler.splitPoint(range, lower * 1_000_000, upper * 1_000_000);
        assertThat(at.toBigInteger().shiftRight(118).longValue()).isBetween(grains - 1, grains);
    }

    /** Ten seconds with these rates a second on one shard. */
    private void step(int shard, long records, long lowerBytes, long upperBytes)
            throws InterruptedException {
        if (shard >= 0) {
            load(shard, records, lowerBytes, upperBytes);
        }
        nanos += STEP.toNanos();
        scaler.step();
    }

    private void load(int shard, long records, long lowerBytes, long upperBytes) {
        long seconds = STEP.toSeconds();
        meter.load(fixture.state("a").shardKey(shard))
                .add(records * seconds, lowerBytes * seconds, upperBytes * seconds);
    }
}
