package io.headrace.store.journal;

import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.object.VersionedObject.Stored;
import io.headrace.store.object.VersionedObject.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is known of a journal besides its files: {@code journal/<id>/seal} says how many of its
 * entries count, for good; {@code journal/<id>/floor/} below which entry they may be gone.
 */
final class JournalObjects {
    /** A floor above every entry: nothing of the journal is needed, not even its seal. */
    static final long FORGOTTEN = Long.MAX_VALUE;

    private static final String PREFIX = "journal/";

    private JournalObjects() {}

    /** Every journal that something is known of. */
    static List<JournalId> known(ObjectStore objects) throws IOException {
        return objects.list(PREFIX).stream()
                .map(name -> name.substring(PREFIX.length(), name.indexOf('/', PREFIX.length())))
                .distinct()
                .map(JournalId::parse)
                .toList();
    }

    static void begin(ObjectStore objects, JournalId id) throws IOException {
        VersionedObject.create(objects, floorPrefix(id), 0, ByteBuffer.allocate(0));
    }

    /** Removes every trace of a journal that was given back; may be cut short and done again. */
    static void forget(ObjectStore objects, JournalId id) throws IOException {
        raiseFloor(objects, id, FORGOTTEN);
        objects.delete(sealName(id));
        VersionedObject.collect(objects, floorPrefix(id));
        for (var floor : objects.list(floorPrefix(id))) {
            objects.delete(floor);
        }
    }

    /** Where the journal was sealed, if it was. */
    static OptionalLong sealOf(ObjectStore objects, JournalId id) throws IOException {
        var seal = objects.get(sealName(id));
        return seal.isEmpty() ? OptionalLong.empty() : OptionalLong.of(parseSeal(id, seal.get()));
    }

    /** What is known of a journal with so many entries, all kept, that has ended. */
    static List<Stored> ofEnded(JournalId id, long entries) {
        return List.of(
                VersionedObject.stored(floorPrefix(id), new Version(0, ByteBuffer.allocate(0))),
                new Stored(sealName(id), seal(entries)));
    }

    private static ByteBuffer seal(long entries) {
        return ByteBuffer.wrap(("1 " + entries).getBytes(StandardCharsets.US_ASCII));
    }

    /** Seals the journal unless it is already; the first seal counts. */
    static long seal(ObjectStore objects, JournalId id, long entries) throws IOException {
        if (objects.createIfAbsent(sealName(id), seal(entries))) {
            return entries;
        }
        return sealOf(objects, id)
                .orElseThrow(() -> new IOException("seal of " + id + " vanished"));
    }

    static long floorOf(ObjectStore objects, JournalId id) throws IOException {
        return VersionedObject.newest(objects, floorPrefix(id))
                .map(VersionedObject.Version::number)
                .orElse(0L);
    }

    /** Whether nothing of it counts any more, though files of it may be left. */
    static boolean isForgotten(ObjectStore objects, JournalId id) throws IOException {
        return floorOf(objects, id) == FORGOTTEN;
    }

    static void raiseFloor(ObjectStore objects, JournalId id, long floor) throws IOException {
        if (floor > floorOf(objects, id)) {
            VersionedObject.create(objects, floorPrefix(id), floor, ByteBuffer.allocate(0));
            VersionedObject.collect(objects, floorPrefix(id));
        }
    }

    private static String sealName(JournalId id) {
        return PREFIX + id + "/seal";
    }

    private static String floorPrefix(JournalId id) {
        return PREFIX + id + "/floor/";
    }

    private static long parseSeal(JournalId id, ByteBuffer content) throws IOException {
        var words = StandardCharsets.US_ASCII.decode(content).toString().split(" ", -1);
        if (words.length != 2 || !words[0].equals("1") || !words[1].matches("[0-9]{1,18}")) {
            throw new DamagedJournalException(
                    "the object " + sealName(id) + " is damaged or of a newer version");
        }
        return Long.parseLong(words[1]);
    }
}
