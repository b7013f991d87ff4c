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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A checkpoint a versioned object at {@code consumers/<name, UTF-8 in hex>/<stream id>/<shard
 * number>/}. One object per commit: right for some shards that commit every second, too dear for
 * thousands.
 *
 * <pre>
 *  0  u8   format version (1)
 *  1  u64  index
 *  9  u64  lease epoch
 * 17  u64  lease until, ms since 1970
 * 25  owner, UTF-8
 * </pre>
 */
public final class ObjectCheckpoints implements Checkpoints {
    private static final int FORMAT = 1;
    private static final int HEADER_BYTES = 25;
    private static final String ROOT = "consumers/";

    private final ObjectStore store;

    public ObjectCheckpoints(ObjectStore store) {
        this.store = store;
    }

    @Override
    public Optional<Checkpoint> load(String consumer, ShardKey shard) throws IOException {
        var prefix = prefix(consumer, shard);
        return VersionedObject.newest(store, prefix).map(found -> decode(prefix, found.content()));
    }

    @Override
    public boolean replace(
            String consumer, ShardKey shard, Optional<Checkpoint> expected, Checkpoint next)
            throws IOException {
        var prefix = prefix(consumer, shard);
        var newest = VersionedObject.newest(store, prefix);
        if (!newest.map(found -> decode(prefix, found.content())).equals(expected)) {
            return false;
        }
        long version = newest.map(VersionedObject.Version::number).orElse(0L) + 1;
        boolean won = VersionedObject.create(store, prefix, version, encode(next));
        if (won) {
            VersionedObject.collect(store, prefix);
        }
        return won;
    }

    @Override
    public Map<ShardKey, Checkpoint> all(String consumer) throws IOException {
        var prefix = prefix(consumer);
        var checkpoints = new TreeMap<ShardKey, Checkpoint>();
        for (var name : store.list(prefix)) {
            var shard = shard(name, prefix);
            if (!checkpoints.containsKey(shard)) {
                load(consumer, shard).ifPresent(found -> checkpoints.put(shard, found));
            }
        }
        return checkpoints;
    }

    @Override
    public List<String> consumers() throws IOException {
        return store.list(ROOT).stream()
                .map(name -> name.substring(ROOT.length(), name.indexOf('/', ROOT.length())))
                .distinct()
                .map(hex -> new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8))
                .sorted()
                .toList();
    }

    @Override
    public void delete(String consumer, ShardKey shard) throws IOException {
        // Oldest first: while any is left, the highest tells what was.
        for (var name : store.list(prefix(consumer, shard)).reversed()) {
            store.delete(name);
        }
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
        var owner = checkpoint.owner().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEADER_BYTES + owner.length)
                .put((byte) FORMAT)
                .putLong(checkpoint.index())
                .putLong(checkpoint.leaseEpoch())
                .putLong(checkpoint.leaseUntilMs())
                .put(owner)
                .flip();
    }

    static Checkpoint decode(String where, ByteBuffer bytes) {
        int format = bytes.hasRemaining() ? bytes.get(0) & 0xff : 0;
        if (format > FORMAT) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE,
                    "%s has checkpoint format %d; this build reads up to %d: a newer Headrace wrote it"
                            .formatted(where, format, FORMAT));
        }
        if (format != FORMAT || bytes.remaining() < HEADER_BYTES) {
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
