package io.headrace.store.journal;

import io.headrace.store.object.CopyTarget;
import io.headrace.store.record.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A journal of a copied store: it holds the blocks of other journals that no segment has yet, under
 * an id of its own, and has ended. For one thread.
 */
public final class CopiedJournal {
    private final JournalId id;
    private final RandomGenerator random;
    private final CopyTarget target;
    private final int entryBytesMax;
    private final List<Block> blocks = new ArrayList<>();
    private int bytes;
    private long next;

    /**
     * @param entryBytesMax largest sum of block lengths of an entry, but of one with a single block
     */
    public CopiedJournal(RandomGenerator random, CopyTarget target, int entryBytesMax) {
        this.id = JournalId.random(random);
        this.random = random;
        this.target = target;
        this.entryBytesMax = entryBytesMax;
    }

    public String id() {
        return id.toString();
    }

    /**
     * Adds a block.
     *
     * @return the entry it will be in
     */
    public long add(Block block) throws IOException {
        if (!blocks.isEmpty() && bytes + block.length() > entryBytesMax) {
            write();
        }
        blocks.add(block);
        bytes += block.length();
        return next;
    }

    /** Writes what is left, and the end. */
    public void end() throws IOException {
        if (!blocks.isEmpty()) {
            write();
        }
        target.create(
                JournalEntries.name(id, next), EntryFormat.tombstone(id, next, random.nextLong()));
        for (var known : JournalObjects.ofEnded(id, next)) {
            target.create(known.name(), known.bytes());
        }
    }

    private void write() throws IOException {
        var head = EntryFormat.entry(id, next, random.nextLong(), EntryFormat.rows(next, blocks));
        var entry = ByteBuffer.allocate(head.remaining() + bytes).put(head);
        blocks.forEach(block -> entry.put(block.content()));
        target.create(JournalEntries.name(id, next), entry.flip());
        next++;
        blocks.clear();
        bytes = 0;
    }
}
