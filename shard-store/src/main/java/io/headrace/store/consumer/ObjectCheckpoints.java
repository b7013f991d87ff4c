package io.headrace.store.consumer;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A checkpoint a versioned object at {@code consumers/<name, UTF-8 in hex>/<stream id>/<shard
 * number>/}. One object per commit: right for some shards that commit every second, too dear for
 * thousands.
 *
 * <pre>
 *  0  u8   format version: 1, or 2 where the checkpoint is forgotten and only its epoch counts
 *  1  u64  index
 *  9  u64  lease epoch
 * 17  u64  lease until, ms since 1970
 * 25  owner, UTF-8
 * </pre>
 */
public final class ObjectCheckpoints implements Checkpoints {
    private static final int FORMAT = 1;
    private static final int FORGOTTEN = 2;
    private static final int ATTEMPTS_MAX = 16;
    private static final int HEADER_BYTES = 25;
    private static final String ROOT = "consumers/";

    private final ObjectStore store;

    public ObjectCheckpoints(ObjectStore store) {
        this.store = store;
    }

    /** What is stored: a checkpoint, or how high the epochs of one that was forgotten were. */
    private record Stored(long version, Checkpoint checkpoint, boolean forgotten) {}

    @Override
    public Optional<Checkpoint> load(String consumer, ShardKey shard) throws IOException {
        return stored(prefix(consumer, shard))
                .filter(found -> !found.forgotten())
                .map(Stored::checkpoint);
    }

    @Override
    public Checkpoint create(String consumer, ShardKey shard, long index) throws IOException {
        var prefix = prefix(consumer, shard);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            var newest = stored(prefix);
            if (newest.isPresent() && !newest.get().forgotten()) {
                return newest.get().checkpoint();
            }
            long epoch = newest.map(found -> found.checkpoint().leaseEpoch()).orElse(0L);
            var first = new Checkpoint(index, epoch, "", 0);
            if (write(prefix, newest.map(Stored::version).orElse(0L) + 1, encode(first))) {
                return first;
            }
        }
        throw new IOException(prefix + " changes faster than it can be changed here");
    }

    @Override
    public boolean replace(String consumer, ShardKey shard, Checkpoint expected, Checkpoint next)
            throws IOException {
        var prefix = prefix(consumer, shard);
        var newest = stored(prefix);
        return newest.isPresent()
                && !newest.get().forgotten()
                && newest.get().checkpoint().equals(expected)
                && write(prefix, newest.get().version() + 1, encode(next));
    }

    @Override
    public SortedSet<ShardKey> shards(String consumer) throws IOException {
        var prefix = prefix(consumer);
        var shards = new TreeSet<ShardKey>();
        for (var name : store.list(prefix)) {
            shards.add(shard(name, prefix));
        }
        return shards;
    }

    @Override
    public List<String> consumers() throws IOException {
        var consumers = new ArrayList<String>();
        for (var consumer : stored()) {
            if (hasAny(consumer)) {
                consumers.add(consumer);
            }
        }
        return consumers;
    }

    @Override
    public List<String> stored() throws IOException {
        return store.list(ROOT).stream()
                .map(name -> name.substring(ROOT.length(), name.indexOf('/', ROOT.length())))
                .distinct()
                .map(hex -> new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8))
                .sorted()
                .toList();
    }

    @Override
    public void forget(String consumer, ShardKey shard) throws IOException {
        var prefix = prefix(consumer, shard);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            var newest = VersionedObject.newestNumber(store, prefix);
            if (newest.isEmpty()) {
                return;
            }
            long epoch;
            try {
                var found = stored(prefix);
                if (found.isEmpty() || found.get().forgotten()) {
                    return;
                }
                epoch = found.get().checkpoint().leaseEpoch();
            } catch (DamagedBlockException e) {
                // Each epoch took a version of its own, so none is above the version's number.
                epoch = newest.getAsLong();
            }
            if (write(prefix, newest.getAsLong() + 1, encodeForgotten(epoch))) {
                return;
            }
        }
        throw new IOException(prefix + " changes faster than it can be changed here");
    }

    @Override
    public void remove(String consumer, ShardKey shard) throws IOException {
        // Oldest first: while any is left, the highest tells what was.
        for (var name : store.list(prefix(consumer, shard)).reversed()) {
            store.delete(name);
        }
    }

    private boolean hasAny(String consumer) throws IOException {
        for (var shard : shards(consumer)) {
            try {
                if (load(consumer, shard).isPresent()) {
                    return true;
                }
            } catch (DamagedBlockException | RefusedException e) {
                // It is there, whatever it holds.
                return true;
            }
        }
        return false;
    }

    private Optional<Stored> stored(String prefix) throws IOException {
        return VersionedObject.newest(store, prefix)
                .map(found -> {
                    var content = found.content();
                    return new Stored(
                            found.number(), decode(prefix, content), content.get(0) == FORGOTTEN);
                });
    }

    private boolean write(String prefix, long version, ByteBuffer content) throws IOException {
        boolean won = VersionedObject.create(store, prefix, version, content);
        if (won) {
            VersionedObject.collect(store, prefix);
        }
        return won;
    }

    private static String prefix(String consumer) {
        var name = consumer.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > 127) {
            throw new RefusedException(
                    ErrorCode.VALIDATION, "a consumer's name has 1 to 127 bytes: " + consumer);
        }
        return ROOT + HexFormat.of().formatHex(name) + "/";
    }

    private static String prefix(String consumer, ShardKey shard) {
        return "%s%s/%08d/"
                .formatted(
                        prefix(consumer),
                        HexFormat.of().toHexDigits(shard.streamId()),
                        shard.number());
    }

    private static ShardKey shard(String name, String prefix) {
        var parts = name.substring(prefix.length()).split("/", -1);
        try {
            return new ShardKey(
                    HexFormat.fromHexDigitsToLong(parts[0]), Integer.parseInt(parts[1]));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new DamagedBlockException(name + " is no checkpoint's name", e);
        }
    }

    static ByteBuffer encode(Checkpoint checkpoint) {
        return encode(FORMAT, checkpoint);
    }

    static ByteBuffer encodeForgotten(long epoch) {
        return encode(FORGOTTEN, new Checkpoint(0, epoch, "", 0));
    }

    private static ByteBuffer encode(int format, Checkpoint checkpoint) {
        var owner = checkpoint.owner().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEADER_BYTES + owner.length)
                .put((byte) format)
                .putLong(checkpoint.index())
                .putLong(checkpoint.leaseEpoch())
                .putLong(checkpoint.leaseUntilMs())
                .put(owner)
                .flip();
    }

    static Checkpoint decode(String where, ByteBuffer bytes) {
        int format = bytes.hasRemaining() ? bytes.get(0) & 0xff : 0;
        if (format > FORGOTTEN) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE,
                    "%s has checkpoint format %d; this build reads up to %d: a newer Headrace wrote it"
                            .formatted(where, format, FORGOTTEN));
        }
        if (format < FORMAT || bytes.remaining() < HEADER_BYTES) {
            throw new DamagedBlockException(where + " holds no checkpoint");
        }
        try {
            return new Checkpoint(
                    bytes.getLong(1),
                    bytes.getLong(9),
                    StandardCharsets.UTF_8
                            .decode(bytes.slice(HEADER_BYTES, bytes.remaining() - HEADER_BYTES))
                            .toString(),
                    bytes.getLong(17));
        } catch (IllegalArgumentException e) {
            throw new DamagedBlockException(where + " holds no checkpoint", e);
        }
    }
}
