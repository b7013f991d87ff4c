package io.headrace.store.shard;

import io.headrace.store.journal.JournalReader;
import io.headrace.store.record.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the newest blocks of one shard are: in the journal (those not compacted yet), in memory
 * (the newest), or both. Slots are ordered by record index; compacted ones are a prefix, cached
 * ones a suffix. Forty bytes a block, nothing for a shard without any. Its user holds the shard's
 * monitor.
 *
 * <pre>
 * head ≤ slots … end        compacted: [head, journaled)   cached: [cachedFrom, end)
 * </pre>
 */
final class BlockIndex {
    /** A stretch of the shard's history: one journal, one epoch. */
    record Run(JournalReader journal, long epoch) {}

    private static final int SLOTS_MIN = 4;

    private final List<Run> runs = new ArrayList<>(1);
    private long[] firsts = {};
    private long[] arrivals = {};
    private long[] entries = {};
    private long[] positions = {};
    private int[] lengths = {};
    private int[] runOf = {};
    private @Nullable Block[] blocks = {};
    private int head;
    private int journaled;
    private int cachedFrom;
    private int end;
    private long journaledBytes;

    /**
     * Adds the block behind the last.
     *
     * @param length of the block as it lies in the journal
     * @param block the plain block to cache, or null
     */
    void add(
            Run run,
            long entry,
            long position,
            int length,
            long firstIndex,
            long arrivalMs,
            @Nullable Block block) {
        if (end == firsts.length) {
            makeRoom();
        }
        if (runs.isEmpty() || !runs.getLast().equals(run)) {
            runs.add(run);
        }
        firsts[end] = firstIndex;
        arrivals[end] = arrivalMs;
        entries[end] = entry;
        positions[end] = position;
        lengths[end] = length;
        runOf[end] = runs.size() - 1;
        blocks[end] = block;
        end++;
        if (block == null) {
            cachedFrom = end;
        }
        journaledBytes += length;
    }

    boolean isEmpty() {
        return head == end;
    }

    int head() {
        return head;
    }

    /** The first slot whose block is in no segment. */
    int journaled() {
        return journaled;
    }

    int end() {
        return end;
    }

    /** Bytes of the blocks that are in no segment. */
    long journaledBytes() {
        return journaledBytes;
    }

    long firstIndex(int slot) {
        return firsts[slot];
    }

    long arrivalMs(int slot) {
        return arrivals[slot];
    }

    long entry(int slot) {
        return entries[slot];
    }

    long position(int slot) {
        return positions[slot];
    }

    int length(int slot) {
        return lengths[slot];
    }

    Run run(int slot) {
        return runs.get(runOf[slot]);
    }

    @Nullable Block cached(int slot) {
        return blocks[slot];
    }

    /** The slot of the block that holds {@code index}, or -1 if it lies below all slots. */
    int slotOf(long index) {
        int low = head;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (firsts[middle] <= index) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == head ? -1 : low - 1;
    }

    /** The first slot whose block arrived at {@code arrivalMs} or later; {@link #end} if none. */
    int slotAt(long arrivalMs) {
        int low = head;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (arrivals[middle] < arrivalMs) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The blocks below {@code index} are in segments now, or gone: the journal needs not keep. */
    void compactedTo(long index) {
        while (journaled < end && firsts[journaled] < index) {
            run(journaled).journal().release(positions[journaled]);
            journaledBytes -= lengths[journaled];
            journaled++;
        }
        dropUnneeded();
    }

    /** Takes the oldest block out of memory and returns its bytes; 0 if none is in memory. */
    int evictOldest() {
        if (cachedFrom >= end) {
            return 0;
        }
        var block = blocks[cachedFrom];
        blocks[cachedFrom] = null;
        cachedFrom++;
        dropUnneeded();
        return block == null ? 0 : TailCache.bytesOf(block);
    }

    private void dropUnneeded() {
        head = Math.min(journaled, cachedFrom);
        if (head == end) {
            firsts = new long[0];
            arrivals = firsts;
            entries = firsts;
            positions = firsts;
            lengths = new int[0];
            runOf = lengths;
            blocks = new @Nullable Block[0];
            head = 0;
            journaled = 0;
            cachedFrom = 0;
            end = 0;
            runs.clear();
        }
    }

    private void makeRoom() {
        int kept = end - head;
        int capacity = Math.max(SLOTS_MIN, kept * 2);
        firsts = moved(firsts, capacity);
        arrivals = moved(arrivals, capacity);
        entries = moved(entries, capacity);
        positions = moved(positions, capacity);
        lengths = moved(lengths, capacity);
        runOf = moved(runOf, capacity);
        blocks = Arrays.copyOf(Arrays.copyOfRange(blocks, head, end), capacity);
        journaled -= head;
        cachedFrom -= head;
        end = kept;
        head = 0;
    }

    private long[] moved(long[] column, int capacity) {
        return Arrays.copyOf(Arrays.copyOfRange(column, head, end), capacity);
    }

    private int[] moved(int[] column, int capacity) {
        return Arrays.copyOf(Arrays.copyOfRange(column, head, end), capacity);
    }
}
