package io.headrace.store.crypt;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;

/**
 * The streams' data keys: numbered from 1, wrapped by a master key, kept as a versioned object at
 * {@code keys/<stream id>/}. A key is unwrapped once; whether its master key may still be used is
 * asked every time.
 *
 * <p>How many blocks a key has sealed must survive a crash, but not cost a write each: blocks are
 * reserved {@link #RESERVATION} at a time, and a restart counts what was reserved as used. Any
 * thread may call; a call blocks on the store when a key is new to this process.
 */
public final class DataKeys {
    static final long RESERVATION = 1L << 24;

    private static final int ATTEMPTS_MAX = 8;

    private final ObjectStore store;
    private final KeyFile masters;
    private final RandomGenerator random;
    private final ConcurrentHashMap<Long, Sealing> sealing = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Id, DataKey> opened = new ConcurrentHashMap<>();

    private record Id(long streamId, int number) {}

    /** The key that seals a stream's blocks now; only under the lock of its map entry. */
    private static final class Sealing {
        private final DataKey key;
        private long blocksLeft;

        Sealing(DataKey key, long blocksLeft) {
            this.key = key;
            this.blocksLeft = blocksLeft;
        }
    }

    /**
     * @param random a cryptographic source
     */
    public DataKeys(ObjectStore store, KeyFile masters, RandomGenerator random) {
        this.store = store;
        this.masters = masters;
        this.random = random;
    }

    /**
     * Makes a stream's key ready, so that its first block need not wait for the store.
     *
     * @throws RefusedException if the master key can't be used, or no data key could be stored
     */
    public void prepare(long streamId, String masterKeyId) {
        toSeal(streamId, masterKeyId);
    }

    /**
     * The key to seal the stream's next block with, counted as one use.
     *
     * @throws RefusedException if the master key can't be used, or no data key could be stored
     */
    DataKey toSeal(long streamId, String masterKeyId) {
        var master = masters.newest(masterKeyId);
        var current =
                sealing.compute(
                        streamId,
                        (id, known) -> {
                            var usable =
                                    known != null
                                                    && known.blocksLeft > 0
                                                    && known.key.wrappedBy().equals(master)
                                            ? known
                                            : reserve(id, master);
                            usable.blocksLeft--;
                            return usable;
                        });
        return current.key;
    }

    /**
     * The key that sealed a block.
     *
     * @throws RefusedException if its master key can't be used
     * @throws DamagedBlockException if there is no such key, or it is not what was wrapped
     */
    DataKey toOpen(long streamId, int number) {
        var key = opened.computeIfAbsent(new Id(streamId, number), this::load);
        masters.version(key.wrappedBy().id(), key.wrappedBy().version());
        return key;
    }

    /** Forgets a deleted stream's keys for good: what they sealed can never be read again. */
    public void delete(long streamId) throws IOException {
        sealing.remove(streamId);
        opened.keySet().removeIf(id -> id.streamId() == streamId);
        for (var name : store.list(prefix(streamId))) {
            store.delete(name);
        }
    }

    private Sealing reserve(long streamId, MasterKey master) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                var newest = VersionedObject.newest(store, prefix(streamId));
                long version = newest.map(VersionedObject.Version::number).orElse(0L);
                var ring =
                        newest.map(found -> DataKeyRing.decode(where(streamId), found.content()))
                                .map(DataKeyRing::keys)
                                .orElse(List.of());
                var keys = new ArrayList<>(ring);
                var key = nextKey(streamId, keys, master);
                var changed = new DataKeyRing(HexFormat.of().toHexDigits(random.nextLong()), keys);
                if (VersionedObject.create(
                        store, prefix(streamId), version + 1, changed.encode())) {
                    VersionedObject.collect(store, prefix(streamId));
                    return new Sealing(key, RESERVATION);
                }
            }
        } catch (IOException e) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE, "no data key could be stored", e);
        }
        throw new RefusedException(
                ErrorCode.INTERNAL_FAILURE, "too many change the keys of a stream at once");
    }

    /**
     * Takes the last key again, if it may go on, or makes a new one; changes {@code keys} to fit.
     */
    private DataKey nextKey(long streamId, List<DataKeyRing.Wrapped> keys, MasterKey master) {
        var last = keys.isEmpty() ? null : keys.getLast();
        if (last != null
                && last.masterKey().equals(master.id())
                && last.masterVersion().equals(master.version())
                && last.blocksReserved() + RESERVATION <= DataKey.BLOCKS_MAX) {
            var key = unwrap(streamId, last).reserved(last.blocksReserved() + RESERVATION);
            keys.set(
                    keys.size() - 1,
                    new DataKeyRing.Wrapped(
                            last.number(),
                            last.masterKey(),
                            last.masterVersion(),
                            last.secret(),
                            key.blocksReserved()));
            return key;
        }
        int number = last == null ? 1 : Math.addExact(last.number(), 1);
        var secret = AesGcm.newKey(random);
        var wrapped =
                AesGcm.wrap(
                        master.secret(),
                        secret.getEncoded(),
                        DataKeyRing.authenticated(streamId, number),
                        random);
        keys.add(
                new DataKeyRing.Wrapped(
                        number,
                        master.id(),
                        master.version(),
                        Base64.getEncoder().encodeToString(wrapped),
                        RESERVATION));
        return new DataKey(number, master, secret, RESERVATION);
    }

    private DataKey load(Id id) {
        try {
            var newest = VersionedObject.newest(store, prefix(id.streamId()));
            var wrapped =
                    newest.map(found -> DataKeyRing.decode(where(id.streamId()), found.content()))
                            .flatMap(ring -> ring.find(id.number()))
                            .orElseThrow(() ->
                                    new DamagedBlockException(
                                            "data key %d is missing in %s"
                                                    .formatted(id.number(), where(id.streamId()))));
            return unwrap(id.streamId(), wrapped);
        } catch (IOException e) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE, "the data keys can't be read", e);
        }
    }

    private DataKey unwrap(long streamId, DataKeyRing.Wrapped wrapped) {
        var master = masters.version(wrapped.masterKey(), wrapped.masterVersion());
        try {
            var secret =
                    AesGcm.unwrap(
                            master.secret(),
                            Base64.getDecoder().decode(wrapped.secret()),
                            DataKeyRing.authenticated(streamId, wrapped.number()));
            return new DataKey(
                    wrapped.number(), master, AesGcm.key(secret), wrapped.blocksReserved());
        } catch (AEADBadTagException | IllegalArgumentException e) {
            throw new DamagedBlockException(
                    "data key %d in %s is not what %s wrapped"
                            .formatted(wrapped.number(), where(streamId), master),
                    e);
        }
    }

    private static String prefix(long streamId) {
        return "keys/" + HexFormat.of().toHexDigits(streamId) + "/";
    }

    private static String where(long streamId) {
        return "the newest version in " + prefix(streamId);
    }
}
