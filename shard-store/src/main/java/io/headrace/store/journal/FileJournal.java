package io.headrace.store.journal;

import io.headrace.store.file.AlignedBuffers;
import io.headrace.store.journal.JournalDisk.JournalFile;
import io.headrace.store.journal.JournalFiles.Part;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.record.Block;
import io.headrace.store.record.JoinedCrc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The journal of this process, in files of fixed size that are written from front to back. The
 * fields of the writing thread are its own; what the syncing thread needs of them it reads in an
 * order that can only make it sync too much.
 */
final class FileJournal implements Journal {
    /** At full speed a file lasts for a tenth of a second, about as long as making one. */
    private static final int PREPARED_FILES = 2;

    private final JournalFiles files;
    private final SpareFiles spares;
    private final ObjectStore objects;
    private final ByteBuffer buffer;
    private final int fileBytes;
    private final int entryBytesMax;

    /** Files ready for use, in sequence. */
    private final Queue<JournalFile> prepared = new ConcurrentLinkedQueue<>();

    /** Held while a file is made ready, which may take long; guards the sequence. */
    private final Object preparing = new Object();

    private int preparedSequence;

    /** Full files that were not synced since; kept from being given back until they are. */
    private final Queue<Retired> retired = new ConcurrentLinkedQueue<>();

    private record Retired(JournalFile file, int sequence) {}

    private volatile @Nullable JournalFile current;
    private volatile long written;
    private volatile long durableBefore;
    private volatile boolean failed;

    private int sequence = -1;
    private int offset;
    private boolean marked = true;

    FileJournal(
            JournalFiles files,
            SpareFiles spares,
            ObjectStore objects,
            int fileBytes,
            int entryBytesMax) {
        this.files = files;
        this.spares = spares;
        this.objects = objects;
        this.fileBytes = fileBytes;
        this.entryBytesMax = entryBytesMax;
        this.buffer = AlignedBuffers.allocate((int) Frame.extent(entryBytesMax));
    }

    @Override
    public String id() {
        return files.id();
    }

    @Override
    public long nextEntry() {
        return written;
    }

    @Override
    public long durableBefore() {
        return durableBefore;
    }

    @Override
    public int entryBytesMax() {
        return entryBytesMax;
    }

    @Override
    public long append(List<Block> blocks) throws IOException {
        buffer.clear().position(Frame.HEADER_BYTES);
        var crc = new JoinedCrc();
        for (var block : blocks) {
            buffer.put(block.content());
            block.addTo(crc);
        }
        int bodyLength = buffer.position() - Frame.HEADER_BYTES;
        long entry = written;
        int start = write(new Frame(Frame.ENTRY, bodyLength, entry, durableBefore), crc.value());
        files.retain(sequence, blocks.size());
        marked = false;
        written = entry + 1;
        return JournalFiles.position(sequence, start + Frame.HEADER_BYTES);
    }

    @Override
    public boolean mark() throws IOException {
        if (marked || durableBefore != written) {
            return false;
        }
        buffer.clear().position(Frame.HEADER_BYTES);
        write(new Frame(Frame.MARK, 0, written, written), 0);
        marked = true;
        return true;
    }

    @Override
    public long sync() throws IOException {
        refuseIfFailed();
        // In this order: an entry below the target lies in the file that is current now, or in one
        // that was retired before this moment.
        long target = written;
        var file = current;
        try {
            int full = 0;
            for (var old : retired) {
                old.file().sync();
                full++;
            }
            if (file != null) {
                file.sync();
            }
            // Only now: what was current may have been retired since, and must not be closed yet.
            for (; full > 0; full--) {
                files.release(JournalFiles.position(retired.remove().sequence(), 0));
            }
        } catch (IOException e) {
            failed = true;
            throw e;
        }
        durableBefore = target;
        return target;
    }

    @Override
    public void prepare() throws IOException {
        try {
            while (prepareOne()) {
                // Not all at once: the writer may be waiting for the first.
            }
        } catch (StoreFullException e) {
            // One is enough to go on with.
            if (prepared.isEmpty()) {
                throw e;
            }
        }
    }

    /** False if enough are ready. */
    boolean prepareOne() throws IOException {
        synchronized (preparing) {
            if (failed || prepared.size() >= PREPARED_FILES) {
                return false;
            }
            prepared.add(spares.take(files.journalId(), preparedSequence));
            preparedSequence++;
            return true;
        }
    }

    @Override
    public long seal() throws IOException {
        if (!failed && durableBefore == written && written > 0) {
            buffer.clear().position(Frame.HEADER_BYTES);
            try {
                write(new Frame(Frame.SEAL, 0, written, written), 0);
                sync();
            } catch (IOException e) {
                // The seal frame is only a second witness; the object below is the one that counts.
                failed = true;
            }
        }
        failed = true;
        long entries = JournalObjects.seal(objects, files.journalId(), durableBefore);
        giveBackPrepared();
        for (var old = retired.poll(); old != null; old = retired.poll()) {
            files.release(JournalFiles.position(old.sequence(), 0));
        }
        if (current != null) {
            files.release(JournalFiles.position(sequence, 0));
            current = null;
        }
        files.sealedAt(entries);
        return entries;
    }

    @Override
    public ByteBuffer read(long position, int length) throws IOException {
        return files.read(position, length);
    }

    @Override
    public String describe(long position) {
        return files.describe(position);
    }

    @Override
    public void release(long position) {
        files.release(position);
    }

    @Override
    public OptionalLong oldestEnd() {
        return files.oldestEnd();
    }

    @Override
    public long trim() throws IOException {
        return files.trim(durableBefore);
    }

    /** Pads the frame in the buffer, writes it behind the last, and returns its offset. */
    private int write(Frame frame, int bodyCrc) throws IOException {
        refuseIfFailed();
        int extent = (int) frame.extent();
        if (current == null || offset + extent > fileBytes) {
            advance();
        }
        while (buffer.position() < extent) {
            buffer.put((byte) 0);
        }
        buffer.flip();
        frame.seal(buffer, files.journalId(), sequence, bodyCrc);
        var file = current;
        if (file == null) {
            throw new IllegalStateException("no file to write to");
        }
        try {
            file.write(buffer, offset);
        } catch (IOException e) {
            failed = true;
            throw e;
        }
        int start = offset;
        offset += extent;
        return start;
    }

    /** Goes on in the next file; if there is none to be had, nothing has changed. */
    private void advance() throws IOException {
        var next = prepared.poll();
        while (next == null) {
            prepareOne();
            refuseIfFailed();
            next = prepared.poll();
        }
        var old = current;
        if (old != null) {
            retired.add(new Retired(old, sequence));
        }
        sequence++;
        offset = 0;
        files.add(
                new Part(sequence, SpareFiles.nameOf(files.journalId(), sequence), next, written));
        files.retain(sequence, 1);
        current = next;
    }

    void giveBackPrepared() throws IOException {
        synchronized (preparing) {
            int first = preparedSequence - prepared.size();
            for (var file = prepared.poll(); file != null; file = prepared.poll()) {
                file.close();
                spares.giveBack(SpareFiles.nameOf(files.journalId(), first));
                first++;
            }
        }
    }

    private void refuseIfFailed() throws IOException {
        if (failed) {
            throw new IOException("journal " + id() + " is at its end");
        }
    }
}
