package io.headrace.client.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.SequenceNumberRange;
import software.amazon.awssdk.services.kinesis.model.Shard;

@Timeout(60)
class StreamTailTest {
    private static Shard shard(
            String id, boolean open, @Nullable String parent, @Nullable String other) {
        return Shard.builder()
                .shardId(id)
                .parentShardId(parent)
                .adjacentParentShardId(other)
                .sequenceNumberRange(
                        SequenceNumberRange.builder()
                                .startingSequenceNumber("1")
                                .endingSequenceNumber(open ? null : "2")
                                .build())
                .build();
    }

    /** a splits into b and c, those merge into d; e is on its own. */
    private static final List<Shard> SHARDS =
            List.of(
                    shard("d", true, "b", "c"),
                    shard("a", false, null, null),
                    shard("b", false, "a", null),
                    shard("c", false, "a", null),
                    shard("e", true, null, null));

    /** Reads one record from each shard; closed ones end, open ones wait to be interrupted. */
    private static final class Reader implements ShardReader {
        final List<String> begun = new CopyOnWriteArrayList<>();
        final Map<String, From> places = new ConcurrentHashMap<>();

        @Override
        public boolean read(Shard shard, From from, Sink sink) throws InterruptedException {
            begun.add(shard.shardId());
            places.put(shard.shardId(), from);
            if (!sink.take(shard.shardId(), List.of(Record.builder().build()), 0)) {
                return false;
            }
            if (StreamTail.isOpen(shard)) {
                Thread.sleep(Long.MAX_VALUE);
            }
            return true;
        }
    }

    @Test
    void parentsAreReadBeforeTheirChildren() throws InterruptedException {
        var reader = new Reader();
        var taken = Collections.synchronizedList(new ArrayList<String>());
        new StreamTail(reader, () -> SHARDS, true)
                .run(new From.TrimHorizon(), (shard, _, _) -> taken.add(shard));
        assertThat(taken).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
        assertThat(taken).containsSubsequence("a", "b", "d").containsSubsequence("a", "c", "d");
        assertThat(reader.begun).doesNotHaveDuplicates();
    }

    @Test
    void latestBeginsWithOpenShardsAndReadsTheirChildrenWhole() throws InterruptedException {
        var reader = new Reader();
        var before = List.of(shard("a", true, null, null));
        var after =
                List.of(
                        shard("a", false, null, null),
                        shard("b", true, "a", null),
                        shard("c", true, "a", null),
                        shard("x", true, "unknown", null));
        var lists = new ArrayList<>(List.of(before, after));
        var tail =
                new StreamTail(
                        new ShardReader() {
                            @Override
                            public boolean read(Shard shard, From from, Sink sink)
                                    throws InterruptedException {
                                reader.begun.add(shard.shardId());
                                reader.places.put(shard.shardId(), from);
                                sink.take(shard.shardId(), List.of(), 1);
                                if (shard.shardId().equals("a")) {
                                    return true;
                                }
                                sink.take(shard.shardId(), List.of(), 0);
                                Thread.sleep(Long.MAX_VALUE);
                                return true;
                            }
                        },
                        () -> lists.size() > 1 ? lists.removeFirst() : lists.getFirst(),
                        true);
        tail.run(new From.Latest(), (_, _, _) -> true);
        assertThat(reader.places)
                .containsOnly(
                        Map.entry("a", new From.Latest()),
                        Map.entry("b", new From.TrimHorizon()),
                        Map.entry("c", new From.TrimHorizon()));
    }

    @Test
    void aSinkThatHasEnoughEndsAllReaders() throws InterruptedException {
        var reader = new Reader();
        new StreamTail(reader, () -> SHARDS, false).run(new From.TrimHorizon(), (_, _, _) -> false);
        assertThat(reader.begun).isNotEmpty().doesNotContain("d");
    }

    @Test
    void aFailedReaderFailsTheTail() {
        var tail =
                new StreamTail(
                        (_, _, _) -> {
                            throw new IllegalStateException("broken");
                        },
                        () -> SHARDS,
                        false);
        assertThatThrownBy(() -> tail.run(new From.TrimHorizon(), (_, _, _) -> true))
                .hasMessage("broken");
    }

    @Test
    void lineageStartsEachShardOnce() {
        var lineage = new Lineage();
        lineage.add(SHARDS);
        assertThat(lineage.start()).extracting(Shard::shardId).containsExactlyInAnyOrder("a", "e");
        assertThat(lineage.start()).isEmpty();
        lineage.finish("a");
        assertThat(lineage.start()).extracting(Shard::shardId).containsExactlyInAnyOrder("b", "c");
        lineage.finish("b");
        assertThat(lineage.start()).isEmpty();
        lineage.finish("c");
        assertThat(lineage.start()).extracting(Shard::shardId).containsExactly("d");
        assertThat(lineage.active()).extracting(Shard::shardId).containsExactlyInAnyOrder("d", "e");
    }

    @Test
    void descendantsAreFoundThroughGenerations() {
        var lineage = new Lineage();
        lineage.add(List.of(SHARDS.get(1)));
        assertThat(lineage.addDescendants(SHARDS)).isEqualTo(3);
        assertThat(lineage.addDescendants(SHARDS)).isZero();
    }

    @Test
    void placesAreParsed() {
        assertThat(From.parse("trim-horizon")).isEqualTo(new From.TrimHorizon());
        assertThat(From.parse("LATEST")).isEqualTo(new From.Latest());
        assertThat(From.parse("2026-01-31T12:00:00Z"))
                .isEqualTo(new From.At(Instant.parse("2026-01-31T12:00:00Z")));
        assertThat(From.parse("1769860800.5"))
                .isEqualTo(new From.At(Instant.ofEpochMilli(1_769_860_800_500L)));
        assertThatThrownBy(() -> From.parse("yesterday")).hasMessageContaining("'yesterday'");
    }
}
