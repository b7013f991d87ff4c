package io.headrace.store.journal;

import io.headrace.store.journal.JournalFiles.Part;
import io.headrace.store.journal.JournalScan.Scratch;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.NavigableMap;

/**
 * Ends a journal that was left behind at the entries that count, and opens it for reading. If the
 * disk lost what was durable, nothing is decided here: it refuses and names the place.
 *
 * <p>Entries that nothing proves durable, but that are there, are written once more before they are
 * synced and the journal is sealed behind them: after a failed sync a disk cache can hold bytes
 * that look stored and are not. For one thread.
 */
final class JournalRecovery {
    private final JournalId id;
    private final JournalFiles files;
    private final JournalDisk disk;
    private final NavigableMap<Integer, String> names;
    private final Scratch scratch;

    JournalRecovery(
            JournalId id,
            JournalFiles files,
            JournalDisk disk,
            NavigableMap<Integer, String> names,
            Scratch scratch) {
        this.id = id;
        this.files = files;
        this.disk = disk;
        this.names = names;
        this.scratch = scratch;
    }

    /** Returns how many entries count; after this they can be read through the files. */
    long run(ObjectStore objects, Journals.BlockVisitor visitor) throws IOException {
        var scan = JournalScan.of(id, names, disk, objects, scratch);
        load(scan, visitor);
        long sealed = JournalObjects.seal(objects, id, scan.entries());
        if (sealed != scan.entries()) {
            throw new DamagedJournalException(
                    "journal %s holds %d entries, but was sealed at %d"
                            .formatted(id, scan.entries(), sealed));
        }
        files.sealedAt(sealed);
        files.giveBackUnused();
        return sealed;
    }

    /** Opens the files, makes what counts durable, and shows its blocks. */
    private void load(JournalScan scan, Journals.BlockVisitor visitor) throws IOException {
        var counted = scan.counted();
        int at = 0;
        for (var name : names.entrySet()) {
            int sequence = name.getKey();
            var file = disk.open(name.getValue());
            long firstEntry =
                    at < counted.size() ? counted.get(at).frame().entry() : scan.entries();
            files.add(new Part(sequence, name.getValue(), file, firstEntry));
            if (at >= counted.size() || counted.get(at).file() != sequence) {
                continue;
            }
            var bytes = scratch.contentOf(file);
            for (; at < counted.size() && counted.get(at).file() == sequence; at++) {
                var entry = counted.get(at);
                if (entry.frame().entry() >= scan.provenBefore()) {
                    int length = (int) entry.frame().extent();
                    file.write(bytes.slice(entry.offset(), length), entry.offset());
                }
                files.retain(sequence, visit(files, entry, bytes, visitor));
            }
            file.sync();
        }
    }

    /** Shows the blocks of an entry and returns how many there are. */
    static int visit(
            JournalReader journal,
            JournalScan.Found entry,
            ByteBuffer bytes,
            Journals.BlockVisitor visitor) {
        int start = entry.offset() + Frame.HEADER_BYTES;
        var body = bytes.duplicate().position(start).limit(start + entry.frame().bodyLength());
        int blocks = 0;
        while (body.hasRemaining()) {
            long position = JournalFiles.position(entry.file(), body.position());
            visitor.block(journal, entry.frame().entry(), position, Block.read(body));
            blocks++;
        }
        return blocks;
    }
}
