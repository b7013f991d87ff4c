package io.headrace.store.stream;

import io.headrace.store.ShardKey;
import io.headrace.store.object.CopyTarget;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.object.VersionedObject.Version;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.ShardCopies;
import io.headrace.store.shard.StoreNames;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Copies all that a store holds, used or not, to where nobody uses it yet. The copy holds every
 * record that was acknowledged before it began, each shard without a gap, the streams as they were
 * when their shards were looked at, and what consumers had seen by then; data keys come last, so
 * that each block in it has its own. For one thread.
 */
public final class StoreCopy {
    /** A shard that changes each time it is copied: then others delete faster than we copy. */
    private static final int ROUNDS_MAX = 20;

    private final ObjectStore from;
    private final CopyTarget target;
    private final ShardCopies shards;

    /** Streams by the prefix of their object. */
    private final Map<String, Copied> streams = new TreeMap<>();

    private int objects;

    /** One stream at one version. */
    private record Copied(Version version, StreamState state) {
        Map<ShardKey, Boolean> shards() {
            var open = new HashMap<ShardKey, Boolean>();
            state.shards().all().forEach(shard -> open.put(key(shard), shard.isOpen()));
            return open;
        }

        private ShardKey key(ShardState shard) {
            return state.shardKey(shard.number());
        }
    }

    /** What was copied; {@code objects} counts those that are no shard's and no stream's. */
    public record Report(int streams, int shards, long records, int objects) {}

    public StoreCopy(ObjectStore from, CopyTarget target, ShardCopies shards) {
        this.from = from;
        this.target = target;
        this.shards = shards;
    }

    /**
     * Copies everything.
     *
     * @throws DamagedBlockException naming it, if something is damaged, missing or of a newer
     *     format
     */
    public Report run() throws IOException {
        var names = StoreNames.list(from);
        // Before the records: what a consumer has seen is then in the copy.
        for (var prefix : names.versioned().keySet()) {
            if (!isLater(prefix)) {
                copyNewest(prefix);
            }
        }
        for (var prefix : names.versioned().keySet()) {
            if (prefix.startsWith(StreamName.ROOT)) {
                look(prefix).ifPresent(stream -> streams.put(prefix, stream));
            }
        }
        copyShards();
        copySecrets();
        long records = shards.finish();
        for (var stream : streams.entrySet()) {
            create(stream.getKey(), stream.getValue().version());
        }
        return new Report(streams.size(), shards.count(), records, objects);
    }

    private static boolean isLater(String prefix) {
        return prefix.startsWith(StoreNames.SHARDS)
                || prefix.startsWith(StreamName.ROOT)
                || prefix.startsWith(StoreNames.KEYS)
                || prefix.equals(StoreNames.FORMAT);
    }

    private void copyShards() throws IOException {
        var open = new LinkedHashMap<ShardKey, Boolean>();
        streams.values().forEach(stream -> open.putAll(stream.shards()));
        for (int round = 1; !open.isEmpty(); round++) {
            if (round > ROUNDS_MAX) {
                throw new IOException(
                        "%d shards change faster than they can be copied, among them %s"
                                .formatted(open.size(), open.keySet().iterator().next()));
            }
            var outcome = shards.copy(open);
            open.keySet().retainAll(outcome.changed());
            for (var prefix : Set.copyOf(streams.keySet())) {
                open.putAll(lookAgain(prefix, outcome.empty()));
            }
        }
    }

    /**
     * A shard of which there is nothing was never written, or has gone with its stream or past
     * retention since.
     *
     * @return the shards to copy, if the stream has changed
     */
    private Map<ShardKey, Boolean> lookAgain(String prefix, Set<ShardKey> empty)
            throws IOException {
        var before = streams.get(prefix);
        if (before == null || before.shards().keySet().stream().noneMatch(empty::contains)) {
            return Map.of();
        }
        var now = look(prefix);
        if (now.isPresent() && now.get().version().number() == before.version().number()) {
            return Map.of();
        }
        shards.forget(before.shards().keySet());
        streams.remove(prefix);
        now.ifPresent(stream -> streams.put(prefix, stream));
        return now.map(Copied::shards).orElse(Map.of());
    }

    /** The stream as it is now; empty if there is none any more. */
    private Optional<Copied> look(String prefix) throws IOException {
        var newest = VersionedObject.newest(from, prefix);
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        try {
            return StreamFormat.read(newest.get().content(), prefix + newest.get().number())
                    .map(state -> new Copied(newest.get(), state));
        } catch (UnreadableStateException e) {
            throw new DamagedBlockException(String.valueOf(e.getMessage()), e);
        }
    }

    private void copySecrets() throws IOException {
        var prefixes = new HashSet<String>();
        for (var name : from.list(StoreNames.KEYS)) {
            prefixes.add(name.substring(0, name.lastIndexOf('/') + 1));
        }
        for (var prefix : prefixes) {
            copyNewest(prefix);
        }
        var secret = from.get(StoreNames.SECRET);
        if (secret.isPresent()) {
            target.create(StoreNames.SECRET, secret.get());
            objects++;
        }
    }

    private void copyNewest(String prefix) throws IOException {
        var newest = VersionedObject.newest(from, prefix);
        if (newest.isPresent()) {
            create(prefix, newest.get());
            objects++;
        }
    }

    private void create(String prefix, Version version) throws IOException {
        var stored = VersionedObject.stored(prefix, version);
        target.create(stored.name(), stored.bytes());
    }
}
