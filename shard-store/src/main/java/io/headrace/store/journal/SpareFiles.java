package io.headrace.store.journal;

import io.headrace.store.journal.JournalDisk.JournalFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Files that were given back, for the next journal file: writing over one is as fast as over zeros,
 * and costs no zeroing. Any thread.
 */
final class SpareFiles {
    private static final String SUFFIX = ".journal";
    private static final String SPARE_PREFIX = "spare-";

    private final JournalDisk disk;
    private final int fileBytes;
    private final int sparesMax;
    private final Deque<String> spares = new ArrayDeque<>();
    private final AtomicLong files = new AtomicLong();
    private long lastSpare;
    private int pins;

    SpareFiles(JournalDisk disk, int fileBytes, int sparesMax) {
        this.disk = disk;
        this.fileBytes = fileBytes;
        this.sparesMax = sparesMax;
    }

    static String nameOf(JournalId id, int sequence) {
        return "%s-%08d%s".formatted(id, sequence, SUFFIX);
    }

    static boolean isJournalFile(String name) {
        return name.matches("[0-9a-f]{32}-[0-9]{8}\\.journal");
    }

    static JournalId idOf(String name) {
        return JournalId.parse(name.substring(0, 32));
    }

    static int sequenceOf(String name) {
        return Integer.parseInt(name.substring(33, 41));
    }

    /** Counts the files that are there and takes over the spares of the process before. */
    synchronized void find() throws IOException {
        for (var name : disk.list()) {
            if (name.startsWith(SPARE_PREFIX)) {
                lastSpare = Math.max(lastSpare, spareNumber(name));
                spares.add(name);
            } else if (isJournalFile(name)) {
                files.incrementAndGet();
            }
        }
    }

    /** Of the files that journals use; the spares cost room, but hold nothing back. */
    long storedBytes() {
        return files.get() * fileBytes;
    }

    /** A file of full size under its journal's name, holding zeros or frames of other files. */
    synchronized JournalFile take(JournalId id, int sequence) throws IOException {
        var name = nameOf(id, sequence);
        while (!spares.isEmpty()) {
            // First: whatever becomes of it now, it is no spare any more.
            var spare = spares.removeFirst();
            try {
                if (isWhole(spare)) {
                    disk.rename(spare, name);
                    return counted(disk.open(name));
                }
                disk.delete(spare);
            } catch (NoSuchFileException e) {
                // Somebody made room by deleting it.
            } catch (IOException e) {
                // It may have got its name all the same, and the next attempt needs that.
                remove(e, name, spare);
                throw e;
            }
        }
        return counted(disk.create(name, fileBytes));
    }

    private boolean isWhole(String spare) throws IOException {
        try (var file = disk.open(spare)) {
            return file.size() == fileBytes;
        }
    }

    private JournalFile counted(JournalFile file) {
        files.incrementAndGet();
        return file;
    }

    /** From now on no file is written over that is given back: others have links to it. */
    synchronized void pin() {
        pins++;
    }

    synchronized void unpin() {
        pins--;
    }

    synchronized void giveBack(String name) throws IOException {
        // Whatever becomes of it, it is no journal's any more.
        files.decrementAndGet();
        if (pins > 0 || spares.size() >= sparesMax) {
            disk.delete(name);
        } else {
            lastSpare++;
            var spare = SPARE_PREFIX + "%016d".formatted(lastSpare) + SUFFIX;
            try {
                disk.rename(name, spare);
                spares.addLast(spare);
            } catch (IOException e) {
                remove(e, name, spare);
                throw e;
            }
        }
    }

    /** Nobody uses it under either name, and nobody would find it under the other. */
    private void remove(IOException cause, String... names) {
        for (var name : names) {
            try {
                disk.delete(name);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private static long spareNumber(String name) {
        var digits = name.substring(SPARE_PREFIX.length(), name.length() - SUFFIX.length());
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
    }
}
