package io.headrace.store.stream;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.object.VersionedObject;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every stream's newest known state, kept as one versioned object a stream.
 *
 * <p>A change reads a state, computes the next and creates its version if absent; whoever loses
 * that race reads the winner's and computes again. So several nodes may change the same stream; one
 * sees another's changes when it changes the stream itself or calls {@link #refresh}.
 *
 * <p>{@link #find}, {@link #findById} and {@link #list} read memory only and never block; any
 * thread may call them. Everything else may block.
 */
public final class StreamCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCatalog.class);
    static final int DELETED_MAX = 1_000;

    private final ObjectStore store;
    private final RandomGenerator random;
    private final Others others;
    private final ConcurrentHashMap<StreamName, Entry> entries = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, StreamName> names = new ConcurrentHashMap<>();
    // The newest object of each stream as last listed: what is unchanged is not read again.
    private final ConcurrentHashMap<StreamName, String> listed = new ConcurrentHashMap<>();
    // Streams deleted last, oldest first; what marks older ones as deleted is removed.
    private final LinkedHashSet<StreamName> deleted = new LinkedHashSet<>();
    // Shared by changes, from the state they read to the version they create: none may be under way
    // while a mark goes that it would lose against.
    private final ReadWriteLock changes = new ReentrantReadWriteLock();

    /** The other nodes that change streams in the same store. */
    public interface Others {
        /** There are none. */
        Others NONE =
                new Others() {
                    @Override
                    public void changed(StreamName name) {}

                    @Override
                    public void awaited() {}
                };

        /** A stream was changed here; they should look. Must not block. */
        void changed(StreamName name);

        /** Somebody here waits for a change of theirs, so {@link #refresh}. Must not block. */
        void awaited();
    }

    private StreamCatalog(ObjectStore store, RandomGenerator random, Others others) {
        this.store = store;
        this.random = random;
        this.others = others;
    }

    /**
     * Reads every stream's state.
     *
     * @param random source of stream ids and nonces; safe for use by several threads
     * @throws UnreadableStateException if one is damaged or of a newer format
     */
    public static StreamCatalog open(ObjectStore store, RandomGenerator random) throws IOException {
        return open(store, random, Others.NONE);
    }

    /** As {@link #open}, beside other nodes; then nothing of deleted streams is ever forgotten. */
    public static StreamCatalog open(ObjectStore store, RandomGenerator random, Others others)
            throws IOException {
        var catalog = new StreamCatalog(store, random, others);
        catalog.refresh();
        return catalog;
    }

    /** A stream by its name, whatever its status. */
    public Optional<StreamState> find(StreamName name) {
        var entry = entries.get(name);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.state);
    }

    /** A stream by its id, as shard keys hold it. */
    public Optional<StreamState> findById(long id) {
        var name = names.get(id);
        return name == null ? Optional.empty() : find(name).filter(state -> state.id() == id);
    }

    /** For the log: how long records of a shard are kept; empty if its stream is not known. */
    public OptionalLong retentionMs(ShardKey shard) {
        var found = findById(shard.streamId());
        return found.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(found.get().options().retentionMs());
    }

    /**
     * For the log: the master key that a stream's blocks are sealed under, empty if it is plain.
     *
     * @throws RefusedException RESOURCE_NOT_FOUND if there is no such stream: what is not known to
     *     be plain must not be stored in clear
     */
    public Optional<String> masterKeyOf(long id) {
        var stream =
                findById(id)
                        .orElseThrow(() ->
                                new RefusedException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no stream with the id %016x.".formatted(id)));
        return stream.options().encryption() instanceof Encryption.Kms(String keyId)
                ? Optional.of(keyId)
                : Optional.empty();
    }

    /** An account's streams by name. */
    public List<StreamState> list(String accountId) {
        return all().stream()
                .filter(state -> state.name().accountId().equals(accountId))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    /** Every stream, in no order. */
    public Collection<StreamState> all() {
        return entries.values().stream().<StreamState>mapMulti(Entry::emit).toList();
    }

    /**
     * Completes when this state of a stream is no longer the newest known, at once if it is not
     * now: what to wait for after an append found its shard closed. Completes on the thread of the
     * change, which must not be blocked.
     */
    public CompletableFuture<Void> superseded(StreamState state) {
        var entry = entries.get(state.name());
        if (entry == null || !state.equals(entry.state)) {
            return CompletableFuture.completedFuture(null);
        }
        others.awaited();
        return entry.superseded.copy();
    }

    /** Looks for what other nodes changed. */
    public void refresh() throws IOException {
        var seen = new HashSet<StreamName>();
        for (var object : store.list(StreamName.ROOT)) {
            // Versions count down in names, so the first of a stream is its newest.
            var name = StreamName.ofObject(object);
            if (seen.add(name) && !object.equals(listed.get(name))) {
                load(name);
                listed.put(name, object);
            }
        }
        purge();
    }

    /** An id for a new stream. */
    long newId() {
        return random.nextLong();
    }

    /**
     * Adds a stream.
     *
     * @throws RefusedException RESOURCE_IN_USE if there is one of this name
     */
    StreamState create(StreamState stream) {
        var name = stream.name();
        changes.readLock().lock();
        try {
            while (true) {
                var entry = entries.get(name);
                if (entry != null && entry.state != null) {
                    throw new RefusedException(
                            ErrorCode.RESOURCE_IN_USE, name.described() + " already exists.");
                }
                if (write(name, entry, stream) || isThere(stream)) {
                    return stream;
                }
            }
        } finally {
            changes.readLock().unlock();
        }
    }

    /** Another node may have changed a stream before its creation was seen to have won. */
    private boolean isThere(StreamState created) {
        return findById(created.id()).isPresent();
    }

    /**
     * Changes a stream. The change is called again for each lost race, so it must depend on its
     * argument only; one that returns its argument writes nothing; one that refuses throws.
     *
     * @throws RefusedException RESOURCE_NOT_FOUND if there is none of this name
     */
    public StreamState change(StreamName name, UnaryOperator<StreamState> change) {
        changes.readLock().lock();
        try {
            while (true) {
                var entry = entries.get(name);
                if (entry == null || entry.state == null) {
                    throw notFound(name);
                }
                var next = change.apply(entry.state);
                if (next.equals(entry.state) || write(name, entry, next)) {
                    return next;
                }
            }
        } finally {
            changes.readLock().unlock();
        }
    }

    /** Removes the stream of this name if it still has this id. */
    void remove(StreamName name, long id) {
        changes.readLock().lock();
        try {
            while (true) {
                var entry = entries.get(name);
                if (entry == null || entry.state == null || entry.state.id() != id) {
                    return;
                }
                if (write(name, entry, null)) {
                    break;
                }
            }
        } finally {
            changes.readLock().unlock();
        }
        purge();
    }

    /** How many deleted streams are remembered. */
    int marks() {
        return (int) entries.values().stream().filter(entry -> entry.state == null).count();
    }

    /** Bounds what deleted streams leave: the mark that a name's versions go on from. */
    private void purge() {
        // Another node may still know a name by the mark, and count its versions from there.
        if (!others.equals(Others.NONE) || oldestDeleted().isEmpty()) {
            return;
        }
        changes.writeLock().lock();
        try {
            for (var name = oldestDeleted(); name.isPresent(); name = oldestDeleted()) {
                purge(name.get());
            }
        } catch (IOException e) {
            LOG.warn("Marks of deleted streams stay until the next is deleted", e);
        } finally {
            changes.writeLock().unlock();
        }
    }

    private void purge(StreamName name) throws IOException {
        var entry = entries.get(name);
        var newest = VersionedObject.newestNumber(store, name.prefix());
        // A newer version is another node's stream of this name.
        if (entry != null && entry.state == null && newest.equals(OptionalLong.of(entry.version))) {
            for (var object : store.list(name.prefix()).reversed()) {
                store.delete(object);
            }
        }
        if (entry != null && entry.state == null) {
            entries.remove(name, entry);
            listed.remove(name);
        }
        synchronized (deleted) {
            deleted.remove(name);
        }
    }

    private Optional<StreamName> oldestDeleted() {
        synchronized (deleted) {
            return deleted.size() > DELETED_MAX
                    ? Optional.of(deleted.getFirst())
                    : Optional.empty();
        }
    }

    public static RefusedException notFound(StreamName name) {
        return new RefusedException(ErrorCode.RESOURCE_NOT_FOUND, name.described() + " not found.");
    }

    /** False if another wrote this version first; then memory holds what it wrote. */
    private boolean write(StreamName name, @Nullable Entry before, @Nullable StreamState next) {
        long version = before == null ? 1 : before.version + 1;
        long nonce = random.nextLong();
        var content =
                next == null ? StreamFormat.writeDeleted(nonce) : StreamFormat.write(next, nonce);
        try {
            if (!VersionedObject.create(store, name.prefix(), version, content)) {
                load(name);
                return false;
            }
        } catch (StoreFullException e) {
            throw new RefusedException(
                    ErrorCode.STORE_FULL, "no room to record a change of " + name.described(), e);
        } catch (IOException e) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE,
                    "whether a change of " + name.described() + " was recorded is unknown",
                    e);
        }
        install(name, new Entry(version, next));
        others.changed(name);
        try {
            VersionedObject.collect(store, name.prefix());
        } catch (IOException e) {
            LOG.warn("Old versions of {} stay until its next change", name.described(), e);
        }
        return true;
    }

    private void load(StreamName name) throws IOException {
        var newest = VersionedObject.newest(store, name.prefix());
        if (newest.isPresent()) {
            var state =
                    StreamFormat.read(
                            newest.get().content(), name.prefix() + newest.get().number());
            install(name, new Entry(newest.get().number(), state.orElse(null)));
        }
    }

    /**
     * The two maps change together, under the lock of the stream's entry, and an id that stays is
     * never absent in between: who does not find a stream by its id takes it for unknown.
     */
    private void install(StreamName name, Entry entry) {
        var replaced = new @Nullable Entry[1];
        var kept =
                entries.compute(
                        name,
                        (key, known) -> {
                            if (known != null && known.version >= entry.version) {
                                return known;
                            }
                            replaced[0] = known;
                            if (entry.state != null) {
                                names.put(entry.state.id(), name);
                            }
                            if (known != null
                                    && known.state != null
                                    && !known.hasIdOf(entry.state)) {
                                names.remove(known.state.id(), name);
                            }
                            return entry;
                        });
        if (kept != entry) {
            return;
        }
        synchronized (deleted) {
            deleted.remove(name);
            if (entry.state == null) {
                deleted.add(name);
            }
        }
        var before = replaced[0];
        if (before != null) {
            before.superseded.complete(null);
        }
    }

    /** A stream's newest known version; the state is null once the stream is deleted. */
    private static final class Entry {
        final long version;
        final @Nullable StreamState state;
        final CompletableFuture<Void> superseded = new CompletableFuture<>();

        Entry(long version, @Nullable StreamState state) {
            this.version = version;
            this.state = state;
        }

        boolean hasIdOf(@Nullable StreamState other) {
            return state != null && other != null && state.id() == other.id();
        }

        void emit(Consumer<StreamState> sink) {
            if (state != null) {
                sink.accept(state);
            }
        }
    }
}
