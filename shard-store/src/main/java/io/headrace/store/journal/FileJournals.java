package io.headrace.store.journal;

import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Journals of one node, in files of one directory, sealed by objects of its store. */
public final class FileJournals implements Journals {
    private static final int SPARES_MAX = 8;

    private final JournalDisk disk;
    private final ObjectStore objects;
    private final RandomGenerator random;
    private final int fileBytes;
    private final int entryBytesMax;
    private final SpareFiles spares;

    /**
     * @param fileBytes size of every file, a multiple of 4096
     * @param entryBytesMax largest entry, which must fit a file
     */
    public FileJournals(
            JournalDisk disk,
            ObjectStore objects,
            RandomGenerator random,
            int fileBytes,
            int entryBytesMax) {
        if (fileBytes % Frame.ALIGNMENT != 0 || Frame.extent(entryBytesMax) > fileBytes) {
            throw new IllegalArgumentException(
                    "entries of " + entryBytesMax + " bytes in files of " + fileBytes);
        }
        this.disk = disk;
        this.objects = objects;
        this.random = random;
        this.fileBytes = fileBytes;
        this.entryBytesMax = entryBytesMax;
        this.spares = new SpareFiles(disk, fileBytes, SPARES_MAX);
    }

    @Override
    public List<SealedJournal> recover(BlockVisitor visitor) throws IOException {
        spares.find();
        var names = namesByJournal();
        for (var id : JournalObjects.known(objects)) {
            if (!names.containsKey(id.toString())) {
                requireGivenBack(id);
                JournalObjects.forget(objects, id);
            }
        }
        var journals = new ArrayList<SealedJournal>();
        var scratch = new JournalScan.Scratch();
        for (var journal : names.entrySet()) {
            var id = JournalId.parse(journal.getKey());
            if (JournalObjects.isForgotten(objects, id)) {
                for (var name : journal.getValue().values()) {
                    spares.giveBack(name);
                }
                JournalObjects.forget(objects, id);
                continue;
            }
            var files = new JournalFiles(id, spares, objects);
            var recovery = new JournalRecovery(id, files, disk, journal.getValue(), scratch);
            journals.add(new SealedJournal(files, recovery.run(objects, visitor)));
        }
        return journals;
    }

    /**
     * Shows every block that counts and changes nothing; blocks can be read by the visitor's
     * readers after it.
     *
     * @param damaged hears of each journal that could not be recovered; its blocks are not shown
     */
    public void inspect(BlockVisitor visitor, Consumer<DamagedJournalException> damaged)
            throws IOException {
        var names = namesByJournal();
        for (var id : JournalObjects.known(objects)) {
            if (!names.containsKey(id.toString())) {
                try {
                    requireGivenBack(id);
                } catch (DamagedJournalException e) {
                    damaged.accept(e);
                }
            }
        }
        var scratch = new JournalScan.Scratch();
        for (var journal : names.entrySet()) {
            var id = JournalId.parse(journal.getKey());
            if (JournalObjects.isForgotten(objects, id)) {
                continue;
            }
            try {
                inspect(id, journal.getValue(), scratch, visitor);
            } catch (DamagedJournalException e) {
                damaged.accept(e);
            }
        }
    }

    private void inspect(
            JournalId id,
            NavigableMap<Integer, String> names,
            JournalScan.Scratch scratch,
            BlockVisitor visitor)
            throws IOException {
        var reader = new InspectedJournal(id, disk, names);
        var counted = JournalScan.of(id, names, disk, objects, scratch).counted();
        for (var name : names.entrySet()) {
            try (var file = disk.open(name.getValue())) {
                var bytes = scratch.contentOf(file);
                for (var entry : counted) {
                    if (entry.file() == name.getKey()) {
                        JournalRecovery.visit(reader, entry, bytes, visitor);
                    }
                }
            }
        }
    }

    private NavigableMap<String, NavigableMap<Integer, String>> namesByJournal()
            throws IOException {
        var names = new TreeMap<String, NavigableMap<Integer, String>>();
        for (var name : disk.list()) {
            if (SpareFiles.isJournalFile(name)) {
                names.computeIfAbsent(SpareFiles.idOf(name).toString(), id -> new TreeMap<>())
                        .put(SpareFiles.sequenceOf(name), name);
            }
        }
        return names;
    }

    /** A journal without files: all of it was given back, or it was lost. */
    private void requireGivenBack(JournalId id) throws IOException {
        long floor = JournalObjects.floorOf(objects, id);
        var seal = JournalObjects.sealOf(objects, id);
        if (floor < seal.orElse(JournalObjects.FORGOTTEN)) {
            throw new DamagedJournalException(
                    "the files of journal %s are gone from %s, though its entries from %d on were"
                                    .formatted(id, disk, floor)
                            + " not given back. Restore them from a copy.");
        }
    }

    @Override
    public Journal begin() throws IOException {
        var files = new JournalFiles(JournalId.random(random), spares, objects);
        var journal = new FileJournal(files, spares, objects, fileBytes, entryBytesMax);
        journal.prepareOne();
        try {
            // From here on a journal without files is one that was lost.
            JournalObjects.begin(objects, files.journalId());
        } catch (StoreFullException e) {
            journal.giveBackPrepared();
            throw e;
        } catch (IOException e) {
            abandon(journal, files.journalId(), e);
            throw e;
        }
        return journal;
    }

    /** It may be known by now; its file may only go once nobody misses it. */
    private void abandon(FileJournal journal, JournalId id, IOException cause) {
        try {
            JournalObjects.forget(objects, id);
            journal.giveBackPrepared();
        } catch (IOException e) {
            // The next start finds an empty journal.
            cause.addSuppressed(e);
        }
    }

    /**
     * From now until the pin is closed, files that are given back are not written over, so that a
     * link to one keeps what it held.
     */
    public Pin pin() {
        spares.pin();
        return spares::unpin;
    }

    /** Ends a time in which files are not written over; to be closed once. */
    public interface Pin extends AutoCloseable {
        @Override
        void close();
    }

    /** Whether a file of a journal directory holds entries, or may. */
    public static boolean isJournalFile(String name) {
        return SpareFiles.isJournalFile(name);
    }

    /**
     * Seals, in a copy of the objects, the journals that were not sealed at the moment of the copy.
     *
     * @param names of the journal files in the copy
     * @param liveId the journal that was written then; what others that are not sealed hold came
     *     later
     * @param liveEntries entries of it that were durable then
     */
    public static void sealCopy(
            ObjectStore copy, Collection<String> names, String liveId, long liveEntries)
            throws IOException {
        var ids = new TreeSet<String>();
        names.forEach(name -> ids.add(SpareFiles.idOf(name).toString()));
        for (var id : ids) {
            // A seal that stands already is kept.
            JournalObjects.seal(copy, JournalId.parse(id), id.equals(liveId) ? liveEntries : 0);
        }
    }

    @Override
    public long storedBytes() {
        return spares.storedBytes();
    }
}
