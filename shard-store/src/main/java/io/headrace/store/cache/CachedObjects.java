package io.headrace.store.cache;

import io.headrace.store.object.ObjectStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * A store some of whose objects are read in pieces, which stay on the local disk for who reads them
 * next. Objects never change, so a piece is never stale; of many who miss one, one fetches it. What
 * is said to be read soon is fetched in the background, never more than the settings' bytes at a
 * time. Any thread may call.
 *
 * <p>What was deleted by another node may still be read here: nothing names it any more.
 */
public final class CachedObjects implements ObjectStore {
    /** Large enough that a fetch takes longer than its round trip, small enough for one record. */
    public static final int PIECE_BYTES = 1 << 20;

    /** Pieces that are fetched in one request while their reader waits. */
    private static final int RUN_PIECES_MAX = 8;

    private static final long READ_BYTES_MAX = 64 << 20;

    private final ObjectStore store;
    private final Predicate<String> isCached;
    private final PieceCache cache;
    private final CacheEvents events;
    private final Executor background;
    private final Semaphore aheadPieces;
    private final ConcurrentHashMap<Piece, Flight> flights = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    private CachedObjects(
            ObjectStore store,
            Predicate<String> isCached,
            PieceCache cache,
            CacheSettings settings,
            CacheEvents events,
            Executor background) {
        this.store = store;
        this.isCached = isCached;
        this.cache = cache;
        this.events = events;
        this.background = background;
        this.aheadPieces = new Semaphore((int) (settings.aheadBytesMax() / PIECE_BYTES));
    }

    /**
     * Opens the cache of this store, with what an earlier process left in it.
     *
     * @param store closed with this
     * @param isCached names whose bytes are kept; none of them is ever used for two contents
     * @param background runs tasks that block, of which there are few
     * @throws IOException if the folder can't be used
     */
    public static CachedObjects open(
            ObjectStore store,
            Predicate<String> isCached,
            CacheSettings settings,
            CacheEvents events,
            Executor background)
            throws IOException {
        return new CachedObjects(
                store, isCached, PieceCache.open(settings, events), settings, events, background);
    }

    /** Segments, wherever they are: all that is large and read more than once. */
    public static boolean isSegment(String name) {
        return name.startsWith("shards/") && name.contains("/segments/");
    }

    /** Bytes of pieces on the disk. */
    public long cachedBytes() {
        return cache.bytes();
    }

    @Override
    public ByteBuffer read(String name, long offset, int length) throws IOException {
        if (offset < 0
                || length <= 0
                || length > READ_BYTES_MAX
                || offset > Integer.MAX_VALUE * (long) PIECE_BYTES - length
                || !isCached.test(name)
                || cache.isOff()) {
            return store.read(name, offset, length);
        }
        var bytes = ByteBuffer.allocate(length);
        for (var part : pieces(name, offset, length)) {
            ByteBuffer content;
            try {
                content = part.content.get();
            } catch (ExecutionException e) {
                // Another's attempt failed, which says nothing about ours.
                return store.read(name, offset, length);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw interrupted(name, e);
            }
            long start = part.piece.number() * (long) PIECE_BYTES;
            int from = (int) (offset + bytes.position() - start);
            int wanted = Math.min(bytes.remaining(), PIECE_BYTES - from);
            if (from + wanted > content.remaining()) {
                throw new EOFException(
                        "%s has %d bytes, not [%d, +%d)"
                                .formatted(name, start + content.remaining(), offset, length));
            }
            bytes.put(content.slice(content.position() + from, wanted));
            cache.used(part.piece);
        }
        return bytes.flip();
    }

    private record Part(Piece piece, Flight content) {}

    /** A piece that somebody fetches; of one that is dropped nothing is kept. */
    private static final class Flight extends CompletableFuture<ByteBuffer> {
        volatile boolean isDropped;

        static Flight landed(ByteBuffer content) {
            var flight = new Flight();
            flight.complete(content);
            return flight;
        }
    }

    /** All pieces of a range: here, on their way to another reader, or fetched now. */
    private List<Part> pieces(String name, long offset, int length) throws IOException {
        var object = Piece.Of.name(name);
        int last = (int) ((offset + length - 1) / PIECE_BYTES);
        var parts = new ArrayList<Part>();
        var mine = new ArrayList<Part>();
        try {
            for (int number = (int) (offset / PIECE_BYTES); number <= last; number++) {
                parts.add(part(new Piece(object, number), name, mine));
            }
            fetchAll(name, mine);
            return parts;
        } finally {
            // Whatever happened, nobody waits for what will not come.
            giveUp(mine, name);
        }
    }

    /** Adds to {@code mine} what is to be fetched by the caller. */
    private Part part(Piece piece, String name, List<Part> mine) {
        var known = cache.find(piece, name);
        if (known.isPresent()) {
            events.hit();
            return new Part(piece, Flight.landed(known.get()));
        }
        var claim = new Part(piece, new Flight());
        var other = flights.putIfAbsent(piece, claim.content);
        if (other != null) {
            events.hit();
            return new Part(piece, other);
        }
        mine.add(claim);
        // It may have come between the look and the claim.
        var late = cache.contains(piece) ? cache.find(piece, name) : Optional.<ByteBuffer>empty();
        if (late.isPresent()) {
            events.hit();
            flights.remove(piece, claim.content);
            claim.content.complete(late.get());
        } else {
            events.missed();
        }
        return claim;
    }

    private void fetchAll(String name, List<Part> mine) throws IOException {
        var missing = mine.stream().filter(part -> !part.content.isDone()).toList();
        int done = 0;
        while (done < missing.size()) {
            int end = done + 1;
            while (end < missing.size()
                    && end - done < RUN_PIECES_MAX
                    && missing.get(end).piece.number() == missing.get(end - 1).piece.number() + 1) {
                end++;
            }
            fetch(name, missing.subList(done, end), false);
            done = end;
        }
    }

    private void giveUp(List<Part> parts, String name) {
        for (var part : parts) {
            flights.remove(part.piece, part.content);
            part.content.completeExceptionally(new IOException(name + " could not be read"));
        }
    }

    /** Pieces that follow one another, in one request. */
    private long fetch(String name, List<Part> run, boolean ahead) throws IOException {
        int first = run.getFirst().piece.number();
        var bytes = store.readUpTo(name, first * (long) PIECE_BYTES, run.size() * PIECE_BYTES);
        for (var part : run) {
            int from = Math.min(bytes.remaining(), (part.piece.number() - first) * PIECE_BYTES);
            int length = Math.min(bytes.remaining() - from, PIECE_BYTES);
            var content = bytes.slice(bytes.position() + from, length);
            cache.put(part.piece, name, content, ahead, () -> !part.content.isDropped);
            flights.remove(part.piece, part.content);
            part.content.complete(content);
        }
        return bytes.remaining();
    }

    @Override
    public void willRead(String name, long offset, long length) {
        if (offset < 0 || length <= 0 || isClosed || !isCached.test(name) || cache.isOff()) {
            return;
        }
        var object = Piece.Of.name(name);
        long last = (offset + length - 1) / PIECE_BYTES;
        for (long number = offset / PIECE_BYTES; number <= last; number++) {
            var piece = new Piece(object, Math.toIntExact(number));
            if (!cache.contains(piece) && !flights.containsKey(piece) && !fetchAhead(name, piece)) {
                // Who reads on says so again.
                return;
            }
        }
    }

    /** False if too much is under way already. */
    private boolean fetchAhead(String name, Piece piece) {
        if (!aheadPieces.tryAcquire()) {
            return false;
        }
        var part = new Part(piece, new Flight());
        if (flights.putIfAbsent(piece, part.content) != null) {
            aheadPieces.release();
            return true;
        }
        try {
            background.execute(() -> runAhead(name, part));
            return true;
        } catch (RejectedExecutionException e) {
            giveUp(List.of(part), name);
            aheadPieces.release();
            return false;
        }
    }

    private void runAhead(String name, Part part) {
        try {
            if (!isClosed) {
                events.readAhead(fetch(name, List.of(part), true));
            }
        } catch (IOException e) {
            if (!isClosed) {
                events.readAheadFailed(name, e);
            }
        } finally {
            giveUp(List.of(part), name);
            aheadPieces.release();
        }
    }

    @Override
    public void delete(String name) throws IOException {
        try {
            store.delete(name);
        } finally {
            if (isCached.test(name)) {
                var object = Piece.Of.name(name);
                // What is under way is not kept when it comes.
                flights.forEach((piece, flight) -> {
                    if (piece.object().equals(object)) {
                        flight.isDropped = true;
                        flights.remove(piece, flight);
                    }
                });
                cache.drop(name);
            }
        }
    }

    @Override
    public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
        return store.createIfAbsent(name, content);
    }

    @Override
    public Set<String> createAllIfAbsent(Map<String, ByteBuffer> objects) throws IOException {
        return store.createAllIfAbsent(objects);
    }

    @Override
    public Optional<String> trouble() {
        return store.trouble();
    }

    @Override
    public Optional<ByteBuffer> get(String name) throws IOException {
        return store.get(name);
    }

    @Override
    public ByteBuffer readUpTo(String name, long offset, int lengthMax) throws IOException {
        return store.readUpTo(name, offset, lengthMax);
    }

    @Override
    public Optional<Long> size(String name) throws IOException {
        return store.size(name);
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        return store.list(prefix);
    }

    /** Closes the store; what is fetched ahead meanwhile fails there, and is heard of by no one. */
    @Override
    public void close() throws IOException {
        isClosed = true;
        store.close();
    }

    private static InterruptedIOException interrupted(String name, InterruptedException e) {
        var interrupted = new InterruptedIOException("while " + name + " was read");
        interrupted.initCause(e);
        return interrupted;
    }
}
