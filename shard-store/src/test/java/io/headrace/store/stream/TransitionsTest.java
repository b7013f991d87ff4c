package io.headrace.store.stream;

import static io.headrace.store.stream.StreamFixture.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.HashRange;
import io.headrace.store.object.FaultyStore;
import io.headrace.store.object.MemoryStore;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransitionsTest {
    private static final BigInteger MIDDLE = BigInteger.ONE.shiftLeft(127);

    @Test
    void splitsAndMergesLeaveClosedParents() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        var id = fixture.state("a").id();
        fixture.shards.fill(fixture.state("a").shardKey(0), 42);
        fixture.streams.split(name("a"), 0, MIDDLE);
        var split = fixture.state("a");
        assertThat(split.status()).isEqualTo(StreamStatus.ACTIVE);
        assertThat(split.shards().find(0).orElseThrow().endIndex()).hasValue(42);
        assertThat(split.shards().open()).extracting(ShardState::number).containsExactly(1, 2);
        fixture.streams.merge(name("a"), 1, 2);
        var merged = fixture.state("a").shards().open().getFirst();
        assertThat(merged.number()).isEqualTo(3);
        assertThat(merged.parent()).hasValue(1);
        assertThat(merged.adjacentParent()).hasValue(2);
        assertThat(merged.createdSeconds()).isEqualTo(StreamFixture.START_MS / 1000 + 2);
        assertThat(fixture.shards.closed()).hasSize(3).allMatch(key -> key.streamId() == id);
    }

    @ParameterizedTest(name = "crash after {0} closes")
    @ValueSource(ints = {0, 1, 2, 3, 5, 8, 13})
    void aReshapeGoesOnAfterACrashAnywhere(int closes) throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(8));
        fixture.shards.allow(closes);
        fixture.streams.scale(name("a"), 5);
        assertThat(fixture.state("a").status()).isEqualTo(StreamStatus.UPDATING);
        fixture.shards.allow(Integer.MAX_VALUE);
        var reopened = fixture.reopened();
        assertThat(reopened.state("a").status()).isEqualTo(StreamStatus.UPDATING);
        reopened.transitions.step();
        var state = reopened.state("a");
        assertThat(state.status()).isEqualTo(StreamStatus.ACTIVE);
        assertThat(state.shards().open().stream().map(ShardState::range).toList())
                .isEqualTo(HashRange.even(5));
        assertThat(fixture.shards.closed())
                .hasSize(state.shards().all().size() - state.shards().openCount());
    }

    @Test
    void childrenOpenOnlyAfterTheirParentsEndsAreDurable() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(2));
        fixture.shards.allow(1);
        fixture.streams.merge(name("a"), 0, 1);
        assertThat(fixture.state("a").shards().all()).hasSize(2).allMatch(ShardState::isOpen);
    }

    @Test
    void aDeletionGoesOnAfterACrash() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(4));
        fixture.shards.allow(2);
        fixture.streams.delete(name("a"), false);
        assertThat(fixture.state("a").status()).isEqualTo(StreamStatus.DELETING);
        fixture.shards.allow(Integer.MAX_VALUE);
        var reopened = fixture.reopened();
        reopened.transitions.step();
        assertThat(reopened.catalog.find(name("a"))).isEmpty();
        assertThat(fixture.shards.deleted()).hasSize(4);
    }

    @Test
    void aStreamsKeysGoAfterItsShardsAndBeforeItsName() throws Exception {
        var fixture = StreamFixture.create(StreamLimits.none(), Duration.ofMillis(500));
        fixture.streams.create(name("a"), NewStream.provisioned(2));
        fixture.clock.advance(Duration.ofMillis(500));
        fixture.transitions.step();
        long id = fixture.state("a").id();
        fixture.streams.delete(name("a"), false);
        fixture.clock.advance(Duration.ofMillis(500));
        var deleted = new ArrayList<Long>();
        var failing = new boolean[] {true};
        var transitions =
                new Transitions(
                        fixture.catalog,
                        fixture.shards,
                        fixture.clock,
                        streamId -> {
                            if (failing[0]) {
                                throw new IOException("the disk has a bad moment");
                            }
                            assertThat(fixture.shards.deleted()).hasSize(2);
                            assertThat(fixture.catalog.findById(streamId)).isPresent();
                            deleted.add(streamId);
                        });
        transitions.step();
        assertThat(fixture.state("a").status()).isEqualTo(StreamStatus.DELETING);
        failing[0] = false;
        transitions.step();
        assertThat(deleted).containsExactly(id);
        assertThat(fixture.catalog.find(name("a"))).isEmpty();
    }

    @Test
    void everyTransitionTakesTheConfiguredTime() throws Exception {
        var fixture = StreamFixture.create(StreamLimits.none(), Duration.ofMillis(500));
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        expect(fixture, StreamStatus.CREATING);
        fixture.streams.split(name("a"), 0, MIDDLE);
        expect(fixture, StreamStatus.UPDATING);
        assertThat(fixture.state("a").shards().openCount()).isEqualTo(2);
        fixture.streams.update(
                name("a"), state -> state.withOptions(state.options().withRetentionHours(48)));
        expect(fixture, StreamStatus.UPDATING);
        fixture.streams.delete(name("a"), false);
        assertThat(fixture.state("a").status()).isEqualTo(StreamStatus.DELETING);
        fixture.clock.advance(Duration.ofMillis(500));
        fixture.transitions.step();
        assertThat(fixture.catalog.find(name("a"))).isEmpty();
    }

    @Test
    void closedShardsLeaveTheListingWithTheirDataAfterRetention() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        fixture.streams.split(name("a"), 0, MIDDLE);
        fixture.clock.advance(Duration.ofHours(24));
        fixture.transitions.step();
        assertThat(fixture.state("a").shards().all()).hasSize(3);
        fixture.clock.advance(Duration.ofMillis(1));
        fixture.transitions.step();
        var state = fixture.state("a");
        assertThat(state.shards().all()).extracting(ShardState::number).containsExactly(1, 2);
        assertThat(fixture.shards.deleted()).containsExactly(state.shardKey(0));
        assertThat(state.shards().nextNumber()).isEqualTo(3);
    }

    @Test
    void nothingIsListedWhoseDataIsGoneAndNoDataIsForgotten() throws Exception {
        var store = new FaultyStore(new MemoryStore(), new Random(1), FaultyStore.Faults.NONE);
        var fixture = StreamFixture.on(store, StreamLimits.none(), Duration.ZERO);
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        fixture.streams.split(name("a"), 0, MIDDLE);
        fixture.clock.advance(Duration.ofHours(25));
        store.setFull(true);
        fixture.transitions.step();
        assertThat(fixture.state("a").shards().all()).hasSize(3);
        assertThat(fixture.shards.deleted()).isEmpty();
        store.setFull(false);

        fixture.shards.allow(0);
        fixture.transitions.step();
        assertThat(fixture.state("a").shards().all()).hasSize(2);
        fixture.shards.allow(Integer.MAX_VALUE);
        fixture.streams.split(name("a"), 1, MIDDLE.shiftRight(1));
        var reopened = fixture.reopened();
        assertThat(reopened.state("a").shards().dropped()).containsExactly(0);
        reopened.transitions.step();
        assertThat(fixture.shards.deleted()).containsExactly(reopened.state("a").shardKey(0));
        assertThat(reopened.state("a").shards().dropped()).isEmpty();
    }

    @Test
    void aDeletedStreamTakesItsDroppedShardsAlong() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        fixture.streams.split(name("a"), 0, MIDDLE);
        fixture.clock.advance(Duration.ofHours(25));
        fixture.shards.allow(0);
        fixture.transitions.step();
        fixture.shards.allow(Integer.MAX_VALUE);
        fixture.streams.delete(name("a"), false);
        assertThat(fixture.shards.deleted()).hasSize(3);
    }

    private static void expect(StreamFixture fixture, StreamStatus status)
            throws InterruptedException {
        assertThat(fixture.state("a").status()).isEqualTo(status);
        fixture.clock.advance(Duration.ofMillis(499));
        fixture.transitions.step();
        assertThat(fixture.state("a").status()).isEqualTo(status);
        fixture.clock.advance(Duration.ofMillis(1));
        fixture.transitions.step();
        assertThat(fixture.state("a").status()).isEqualTo(StreamStatus.ACTIVE);
    }
}
