package io.headrace.store.crypt;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.BlockCipher.Readiness;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams' data keys: numbered from 1, wrapped by a master key, kept as a versioned object at
 * {@code keys/<stream id>/}. A key is unwrapped once; whether its master key may still be used is
 * asked every time.
 *
 * <p>How many blocks a key has sealed must survive a crash, but not cost a write each: blocks are
 * reserved {@link #RESERVATION} at a time, and a restart counts what was reserved as used. When
 * half of them are left, {@link #readiness} asks for more.
 *
 * <p>Any thread may call. {@link #readiness} and {@link #toSeal} never block; the others do, on the
 * store.
 */
public final class DataKeys {
    static final long RESERVATION = 1L << 24;

    private static final Logger LOG = LoggerFactory.getLogger(DataKeys.class);
    private static final String ROOT = "keys/";
    private static final int ATTEMPTS_MAX = 8;

    private final ObjectStore store;
    private final KeyFile masters;
    private final RandomGenerator random;
    private final long reservation;
    private final ConcurrentHashMap<SealingId, Sealing> sealing = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Id, DataKey> opened = new ConcurrentHashMap<>();

    private record Id(long streamId, int number) {}

    /** A stream changes its master key while appends under the old one are on their way. */
    private record SealingId(long streamId, String masterKey) {}

    /** A key that seals a stream's blocks now, and for how many more it was reserved. */
    private static final class Sealing {
        private final DataKey key;
        private final AtomicLong blocksLeft = new AtomicLong();
        private final AtomicLong askBelow = new AtomicLong();

        Sealing(DataKey key) {
            this.key = key;
        }

        boolean isUnder(MasterKey master) {
            return key.wrappedBy().equals(master);
        }

        boolean take() {
            if (blocksLeft.getAndDecrement() > 0) {
                return true;
            }
            blocksLeft.incrementAndGet();
            return false;
        }

        void add(long blocks) {
            blocksLeft.addAndGet(blocks);
            askBelow.set(blocks / 2);
        }

        /** True once for each 1/32 of a reservation below half of it. */
        boolean asks(long reservation) {
            long left = blocksLeft.get();
            long below = askBelow.get();
            return left < below && askBelow.compareAndSet(below, left - reservation / 32);
        }
    }

    /**
     * @param random a cryptographic source
     */
    public DataKeys(ObjectStore store, KeyFile masters, RandomGenerator random) {
        this(store, masters, random, RESERVATION);
    }

    DataKeys(ObjectStore store, KeyFile masters, RandomGenerator random, long reservation) {
        this.store = store;
        this.masters = masters;
        this.random = random;
        this.reservation = reservation;
    }

    /** Whether any stream has data keys: without the master keys its records can't be read. */
    public static boolean areIn(ObjectStore store) throws IOException {
        return !store.list(ROOT).isEmpty();
    }

    /**
     * Makes a stream's key ready, so that its next block need not wait for the store.
     *
     * @throws RefusedException if the master key can't be used, or no data key could be stored
     */
    public void prepare(long streamId, String masterKeyId) {
        var master = masters.newest(masterKeyId);
        sealing.compute(
                new SealingId(streamId, master.id()),
                (id, known) ->
                        known != null
                                        && known.isUnder(master)
                                        && known.blocksLeft.get() >= reservation / 2
                                ? known
                                : reserve(streamId, master, known));
    }

    /**
     * Whether {@link #toSeal} has a key for the next blocks.
     *
     * @throws RefusedException if the master key can't be used
     */
    Readiness readiness(long streamId, String masterKeyId) {
        var master = masters.newest(masterKeyId);
        var known = sealing.get(new SealingId(streamId, master.id()));
        // What one commit may take at most is always left over.
        if (known == null
                || !known.isUnder(master)
                || known.blocksLeft.get() <= reservation / 256) {
            return Readiness.UNPREPARED;
        }
        return known.asks(reservation) ? Readiness.READY_FOR_NOW : Readiness.READY;
    }

    /**
     * The key to seal the stream's next block with, counted as one use. It may be one under a
     * master key that was rotated since the stream was found ready.
     *
     * @throws RefusedException if the master key can't be used, or no key is ready
     */
    DataKey toSeal(long streamId, String masterKeyId) {
        var known = sealing.get(new SealingId(streamId, KeyFile.normalized(masterKeyId)));
        if (known == null) {
            masters.require(masterKeyId);
            throw notReady();
        }
        masters.version(masterKeyId, known.key.wrappedBy().version());
        if (!known.take()) {
            throw notReady();
        }
        return known.key;
    }

    private static RefusedException notReady() {
        return new RefusedException(
                ErrorCode.INTERNAL_FAILURE,
                "The stream's data key is not ready; nothing was stored.");
    }

    /**
     * The key that sealed a block.
     *
     * @throws RefusedException if its master key can't be used
     * @throws DamagedBlockException if there is no such key, or what is stored of it is damaged
     */
    DataKey toOpen(long streamId, int number) {
        var key = opened.computeIfAbsent(new Id(streamId, number), this::load);
        requireMaster(key);
        return key;
    }

    /**
     * Asks whether a key that sealed or opened blocks here may still be used; never blocks.
     *
     * @throws RefusedException if its master key can't be used, or the stream was deleted
     */
    void requireUsable(long streamId, int number) {
        var key = opened.get(new Id(streamId, number));
        if (key == null) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_NOT_FOUND, "The stream's data keys were deleted.");
        }
        requireMaster(key);
    }

    private void requireMaster(DataKey key) {
        var master = masters.version(key.wrappedBy().id(), key.wrappedBy().version());
        if (!master.equals(key.wrappedBy())) {
            throw misfit(master, key.number(), null);
        }
    }

    /**
     * Forgets a deleted stream's keys for good: what they sealed can never be read again. May be
     * cut short and done again.
     */
    public void delete(long streamId) throws IOException {
        // The newest goes last: an older one would count fewer blocks.
        for (var name : store.list(prefix(streamId)).reversed()) {
            store.delete(name);
        }
        sealing.keySet().removeIf(id -> id.streamId() == streamId);
        opened.keySet().removeIf(id -> id.streamId() == streamId);
    }

    private Sealing reserve(long streamId, MasterKey master, @Nullable Sealing known) {
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
                    collect(streamId);
                    // Its blocks stay in memory in clear: reading them asks for it.
                    opened.put(new Id(streamId, key.number()), key);
                    var reserved =
                            known != null && known.key.number() == key.number()
                                    ? known
                                    : new Sealing(key);
                    reserved.add(reservation);
                    return reserved;
                }
            }
        } catch (StoreFullException e) {
            throw new RefusedException(
                    ErrorCode.STORE_FULL, "The disk is full; no data key could be stored.", e);
        } catch (DamagedBlockException | IOException e) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE,
                    "The stream's data keys can't be read or stored; nothing was stored.",
                    e);
        }
        throw new RefusedException(
                ErrorCode.INTERNAL_FAILURE, "Too many change the keys of a stream at once.");
    }

    private void collect(long streamId) {
        try {
            VersionedObject.collect(store, prefix(streamId));
        } catch (IOException e) {
            LOG.warn("Old versions in {} stay until its next change", prefix(streamId), e);
        }
    }

    /**
     * Takes the last key again, if it may go on, or makes a new one; changes {@code keys} to fit.
     */
    private DataKey nextKey(long streamId, List<DataKeyRing.Wrapped> keys, MasterKey master) {
        var last = keys.isEmpty() ? null : keys.getLast();
        if (last != null
                && last.masterKey().equals(master.id())
                && last.masterVersion().equals(master.version())
                && last.blocksReserved() + reservation <= DataKey.BLOCKS_MAX) {
            var key = unwrap(streamId, last).reserved(last.blocksReserved() + reservation);
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
                        reservation));
        return new DataKey(number, master, secret, reservation);
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
                    ErrorCode.INTERNAL_FAILURE, "The stream's data keys can't be read.", e);
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
            // The object's checksum is right, so it is the master key that is another.
            throw misfit(master, wrapped.number(), e);
        }
    }

    private static RefusedException misfit(
            MasterKey master, int number, @Nullable Exception cause) {
        return new RefusedException(
                ErrorCode.KMS_INVALID_STATE,
                "Version %s of key %s is not the one that wrapped data key %d of the stream."
                        .formatted(master.version(), master.id(), number),
                cause);
    }

    private static String prefix(long streamId) {
        return ROOT + HexFormat.of().toHexDigits(streamId) + "/";
    }

    private static String where(long streamId) {
        return "the newest version in " + prefix(streamId);
    }
}
