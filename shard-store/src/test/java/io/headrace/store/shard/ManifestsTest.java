package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.segment.SegmentRef;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestsTest {
    private final MemoryStore objects = new MemoryStore();
    private final Manifests manifests = new Manifests(objects, new HashMap<>(), StoreEvents.NONE);
    private final ShardKey key = new ShardKey(7, 3);

    private ShardLog log() {
        return new ShardLog(key, new TailCache(1 << 20));
    }

    private static SegmentRef segment(String name, long firstIndex, long nextIndex) {
        return new SegmentRef(name, firstIndex, nextIndex, 1, 2, 100, 100);
    }

    @Test
    void namesNoSegmentsThatWereMadeFromOthersThanTheNewestManifestHas() throws Exception {
        var first = segment("a", 0, 10);
        var log = log();
        assertThat(manifests.replaceSegments(log, List.of(), List.of(first), 0, Manifests.ANY))
                .isTrue();
        // As after a change of which the outcome was unclear: who computed before does not know it.
        var second = segment("b", 0, 5);
        assertThat(manifests.replaceSegments(log, List.of(), List.of(second), 0, Manifests.ANY))
                .isFalse();
        assertThat(Manifest.newest(objects, key).orElseThrow().segments()).containsExactly(first);
    }

    @Test
    void deletesAShardOfWhichTheManifestIsDamaged() throws Exception {
        assertThat(
                        manifests.replaceSegments(
                                log(), List.of(), List.of(segment("a", 0, 10)), 0, Manifests.ANY))
                .isTrue();
        var manifest = objects.list(Manifest.prefix(key)).getFirst();
        objects.delete(manifest);
        objects.createIfAbsent(manifest, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        var log = log();
        manifests.remove(log);
        assertThat(log.isDeleted()).isTrue();
        assertThat(objects.list(key.prefix())).isEmpty();
    }
}
