package io.headrace.store.stream;

import static io.headrace.store.stream.StreamFixture.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.FaultyStore;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.VersionedObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamCatalogTest {
    @Test
    void keepsStreamsAcrossReopening() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(3));
        fixture.streams.create(name(".."), NewStream.onDemand());
        var a = fixture.state("a");
        var reopened = fixture.reopened();
        assertThat(reopened.state("a")).isEqualTo(a);
        assertThat(reopened.catalog.list(StreamFixture.ACCOUNT))
                .extracting(state -> state.name().name())
                .containsExactly("..", "a");
        assertThat(reopened.catalog.findById(a.id())).contains(a);
        assertThat(reopened.catalog.retentionMs(new ShardKey(a.id(), 0))).hasValue(86_400_000);
        assertThat(reopened.catalog.retentionMs(new ShardKey(a.id() + 1, 0))).isEmpty();
    }

    /** The log asks while a stream changes: what it does not find it must not store. */
    @Test
    void aStreamIsFoundByItsIdAlsoWhileItChanges() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        long id = fixture.state("a").id();
        try (var threads = Executors.newFixedThreadPool(1)) {
            var changing =
                    threads.submit(() -> {
                        for (int i = 0; i < 3000; i++) {
                            Map<String, String> tags = Map.of("change", Integer.toString(i));
                            fixture.streams.annotate(name("a"), state -> state.withTags(tags));
                        }
                        return null;
                    });
            while (!changing.isDone()) {
                assertThat(fixture.catalog.findById(id)).isPresent();
            }
            changing.get();
        }
    }

    @Test
    void whetherAnUnknownStreamIsEncryptedIsNotGuessed() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        long id = fixture.state("a").id();
        assertThat(fixture.catalog.masterKeyOf(id)).isEmpty();
        fixture.streams.update(
                name("a"),
                state ->
                        state.withOptions(
                                state.options().withEncryption(new Encryption.Kms("alias/k"))));
        assertThat(fixture.catalog.masterKeyOf(id)).contains("alias/k");
        fixture.streams.delete(name("a"), false);
        assertThatThrownBy(() -> fixture.catalog.masterKeyOf(id))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_NOT_FOUND));
    }

    @Test
    void aStreamCreatedAgainHasANewId() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        long first = fixture.state("a").id();
        fixture.streams.delete(name("a"), false);
        assertThat(fixture.catalog.find(name("a"))).isEmpty();
        assertThat(fixture.reopened().catalog.all()).isEmpty();
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        assertThat(fixture.state("a").id()).isNotEqualTo(first);
        assertThat(fixture.catalog.findById(first)).isEmpty();
    }

    @Test
    void manyThreadsOnTwoNodesLoseNoChange() throws Exception {
        var store = new MemoryStore();
        var one = StreamFixture.on(store, StreamLimits.none(), Duration.ZERO);
        one.streams.create(name("a"), NewStream.provisioned(1));
        var two = StreamFixture.on(store, StreamLimits.none(), Duration.ZERO);
        var writers = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                var streams = (i % 2 == 0 ? one : two).streams;
                int writer = i;
                writers.add(
                        threads.submit(() -> {
                            for (int j = 0; j < 25; j++) {
                                tag(streams, writer + "-" + j);
                            }
                        }));
            }
        }
        for (var writer : writers) {
            writer.get();
        }
        one.catalog.refresh();
        two.catalog.refresh();
        assertThat(one.state("a").tags()).hasSize(100);
        assertThat(two.state("a")).isEqualTo(one.state("a"));
        assertThat(store.list("meta/streams/")).hasSize(1);
    }

    @Test
    void onlyOneOfTwoNodesCreatesAStream() throws Exception {
        var store = new MemoryStore();
        var one = StreamFixture.on(store, StreamLimits.none(), Duration.ZERO);
        var two = StreamFixture.on(store, StreamLimits.none(), Duration.ZERO, 8);
        one.streams.create(name("a"), NewStream.provisioned(1));
        assertThatThrownBy(() -> two.streams.create(name("a"), NewStream.provisioned(2)))
                .isInstanceOf(RefusedException.class)
                .hasMessage("Stream a under account 000000000000 already exists.");
        assertThat(two.state("a")).isEqualTo(one.state("a"));
    }

    @Test
    void tellsWhenAStateIsSuperseded() throws Exception {
        var fixture = StreamFixture.create();
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        var state = fixture.state("a");
        var superseded = fixture.catalog.superseded(state);
        assertThat(superseded).isNotDone();
        fixture.catalog.refresh();
        assertThat(superseded).isNotDone();
        tag(fixture.streams, "x");
        assertThat(superseded).isDone();
        assertThat(fixture.catalog.superseded(state)).isDone();
    }

    @Test
    void aFullStoreRefusesTheChangeAndKeepsTheState() throws Exception {
        var store = new FaultyStore(new MemoryStore(), new Random(1), FaultyStore.Faults.NONE);
        var fixture = StreamFixture.on(store, StreamLimits.none(), Duration.ZERO);
        fixture.streams.create(name("a"), NewStream.provisioned(1));
        var before = fixture.state("a");
        store.setFull(true);
        assertThatThrownBy(() -> tag(fixture.streams, "x"))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_FULL));
        assertThat(fixture.state("a")).isEqualTo(before);
        store.setFull(false);
        tag(fixture.streams, "x");
        assertThat(fixture.state("a").tags()).containsKey("x");
    }

    @Test
    void refusesToOpenWhatANewerBuildWrote() throws IOException {
        var store = new MemoryStore();
        VersionedObject.create(
                store,
                name("a").prefix(),
                1,
                ByteBuffer.wrap("{\"format\":2}".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> StreamCatalog.open(store, new Random(1)))
                .isInstanceOf(UnreadableStateException.class)
                .hasMessageContaining("n=a")
                .hasMessageContaining("newer than this build reads");
    }

    @Test
    void opensAThousandStreamsAndTenThousandShardsAtOnce() throws Exception {
        var fixture = StreamFixture.create();
        for (int i = 0; i < 1_000; i++) {
            fixture.streams.create(name("s" + i), NewStream.provisioned(1));
        }
        fixture.streams.create(name("big"), NewStream.provisioned(10_000));
        assertThat(fixture.reopened().streams.quotas().openShards(StreamFixture.ACCOUNT))
                .isEqualTo(11_000);
    }

    @Test
    void whatDeletedStreamsLeaveIsBounded() throws Exception {
        var fixture = StreamFixture.create();
        int most = StreamCatalog.DELETED_MAX;
        for (int i = 0; i < most + 20; i++) {
            fixture.streams.create(name("s" + i), NewStream.provisioned(1));
            fixture.streams.delete(name("s" + i), false);
        }
        assertThat(fixture.store.list("meta/streams/")).hasSize(most);
        assertThat(fixture.catalog.marks()).isEqualTo(most);
        fixture.streams.create(name("s0"), NewStream.provisioned(1));
        fixture.streams.create(name("s" + most), NewStream.provisioned(2));
        var reopened = fixture.reopened();
        assertThat(reopened.catalog.marks()).isEqualTo(most - 1);
        assertThat(reopened.state("s0")).isEqualTo(fixture.state("s0"));
        assertThat(reopened.state("s" + most)).isEqualTo(fixture.state("s" + most));
        reopened.catalog.refresh();
        assertThat(reopened.catalog.all()).hasSize(2);
    }

    private static void tag(Streams streams, String key) {
        streams.annotate(
                name("a"),
                state -> {
                    Map<String, String> tags = new TreeMap<>(state.tags());
                    tags.put(key, "");
                    return state.withTags(tags);
                });
    }
}
