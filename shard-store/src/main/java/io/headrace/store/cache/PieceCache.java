package io.headrace.store.cache;

import io.headrace.store.file.DiskRoom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Pieces on the local disk, of which those go that nobody has read for longest. It never fails: a
 * piece that cannot be kept, or is not what it was, is just not there. Any thread may call; every
 * method may block for the disk.
 */
final class PieceCache {
    private final PieceFiles files;
    private final CacheEvents events;
    private final long bytesMax;
    private final long reservedBytes;

    /** Guarded by itself, as is all below: what was used last comes last. */
    private final LinkedHashMap<Piece, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<Piece.Of, BitSet> numbers = new HashMap<>();
    private long bytes;
    private boolean isShrinking;
    private boolean isOff;

    private static final class Slot {
        final int bytes;
        boolean isUnread;

        Slot(int bytes, boolean isUnread) {
            this.bytes = bytes;
            this.isUnread = isUnread;
        }
    }

    private PieceCache(PieceFiles files, CacheSettings settings, CacheEvents events) {
        this.files = files;
        this.events = events;
        this.bytesMax = settings.bytesMax();
        this.reservedBytes = settings.reservedBytes();
    }

    /**
     * Takes up what an earlier process left: after a restart a node has the same readers, and each
     * piece tells by its checksum whether it is whole.
     */
    static PieceCache open(CacheSettings settings, CacheEvents events) throws IOException {
        var files = PieceFiles.open(settings.folder(), settings.store());
        var cache = new PieceCache(files, settings, events);
        for (var found : files.found()) {
            cache.index(found.piece(), found.bytes(), false);
        }
        cache.remove(cache.overdue(0));
        return cache;
    }

    long bytes() {
        synchronized (slots) {
            return bytes;
        }
    }

    boolean isOff() {
        synchronized (slots) {
            return isOff;
        }
    }

    boolean contains(Piece piece) {
        synchronized (slots) {
            return !isOff && slots.containsKey(piece);
        }
    }

    /** The piece of this object, if it is here and whole. */
    Optional<ByteBuffer> find(Piece piece, String name) {
        synchronized (slots) {
            var slot = slots.get(piece);
            if (slot == null || isOff) {
                return Optional.empty();
            }
            slot.isUnread = false;
        }
        try {
            var content = files.read(piece, name);
            if (content.isPresent()) {
                return content;
            }
            events.damaged(name);
        } catch (NoSuchFileException e) {
            // It made room for another meanwhile, or somebody tidied up.
            forget(piece);
            return Optional.empty();
        } catch (IOException e) {
            events.damaged(name);
        }
        forget(piece);
        remove(List.of(piece));
        return Optional.empty();
    }

    /** Somebody got it without asking here. */
    void used(Piece piece) {
        synchronized (slots) {
            var slot = slots.get(piece);
            if (slot != null) {
                slot.isUnread = false;
            }
        }
    }

    /**
     * Keeps a piece, if there is room.
     *
     * @param isWanted asked when it is written: whether its object was not deleted meanwhile
     */
    void put(
            Piece piece, String name, ByteBuffer content, boolean ahead, BooleanSupplier isWanted) {
        int length = content.remaining();
        if (length == 0 || isOff()) {
            return;
        }
        long usable = files.usableBytes();
        if (usable > 0 && usable < reservedBytes + length) {
            shrink(length);
            return;
        }
        try {
            files.write(piece, name, content);
        } catch (IOException e) {
            remove(List.of(piece));
            if (DiskRoom.isFull(e, files.folder(), length)) {
                shrink(length);
            } else {
                turnOff(e);
            }
            return;
        }
        boolean isKept;
        boolean again;
        List<Piece> overdue;
        synchronized (slots) {
            isKept = isWanted.getAsBoolean();
            if (isKept) {
                index(piece, length, ahead);
            }
            overdue = overdue(0);
            again = isShrinking;
            isShrinking = false;
        }
        remove(isKept ? overdue : List.of(piece));
        if (again) {
            events.roomAgain();
        }
    }

    /** Forgets all of an object. */
    void drop(String name) {
        var object = Piece.Of.name(name);
        var gone = new ArrayList<Piece>();
        synchronized (slots) {
            var known = numbers.get(object);
            if (known != null) {
                known.stream().forEach(number -> gone.add(new Piece(object, number)));
            }
            gone.forEach(this::forget);
        }
        remove(gone);
    }

    /** Two pieces' room for each that does not get in: the room is wanted by others. */
    private void shrink(int length) {
        List<Piece> oldest;
        boolean first;
        long left;
        synchronized (slots) {
            oldest = overdue(bytesMax - Math.max(0, bytes - 2L * length));
            first = !isShrinking;
            isShrinking = true;
            left = bytes;
        }
        remove(oldest);
        if (first) {
            events.shrinking(left);
        }
    }

    private void turnOff(IOException cause) {
        synchronized (slots) {
            if (isOff) {
                return;
            }
            isOff = true;
        }
        events.turnedOff(cause);
    }

    private void index(Piece piece, int length, boolean isUnread) {
        synchronized (slots) {
            forget(piece);
            slots.put(piece, new Slot(length, isUnread));
            numbers.computeIfAbsent(piece.object(), _ -> new BitSet()).set(piece.number());
            bytes += length;
        }
    }

    private void forget(Piece piece) {
        synchronized (slots) {
            var slot = slots.remove(piece);
            if (slot == null) {
                return;
            }
            bytes -= slot.bytes;
            var known = numbers.get(piece.object());
            if (known != null) {
                known.clear(piece.number());
                if (known.isEmpty()) {
                    numbers.remove(piece.object());
                }
            }
            if (slot.isUnread) {
                events.wasted(slot.bytes);
            }
        }
    }

    /** Takes the oldest out until so much more would fit; their files are to be removed. */
    private List<Piece> overdue(long more) {
        var oldest = new ArrayList<Piece>();
        synchronized (slots) {
            while (bytes + more > bytesMax && !slots.isEmpty()) {
                var piece = slots.firstEntry().getKey();
                oldest.add(piece);
                forget(piece);
                events.evicted();
            }
        }
        return oldest;
    }

    private void remove(List<Piece> pieces) {
        for (var piece : pieces) {
            try {
                files.delete(piece);
            } catch (IOException e) {
                // Room that can't be given back would grow beyond the bound.
                turnOff(e);
            }
        }
    }
}
