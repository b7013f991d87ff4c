package io.headrace.router.streams;

import io.headrace.router.codec.PutBody;
import io.headrace.store.HashKey;
import io.headrace.store.record.BatchMemory;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.record.RecordBatchBuilder;
import io.headrace.store.stream.ShardMap;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Routes the records of one put: each to its shard's batch, in the order of the request. Remembers
 * for every record which batch it went into and where. For one thread.
 */
final class Routing {
    private static final int NOWHERE = -1;

    private final PutBody put;
    private final ShardMap shards;
    private final MessageDigest md5;
    private final int[] slotOfRecord;
    private final int[] positionOfRecord;
    // Open addressing from shard number to slot: no boxing, never more than half full.
    private final int[] tableShard;
    private final int[] tableSlot;
    private final List<Slot> slots = new ArrayList<>();

    /** The records of one shard. */
    static final class Slot {
        private final int shard;
        private int count;
        private int bytes;

        private Slot(int shard) {
            this.shard = shard;
        }

        int shard() {
            return shard;
        }

        int records() {
            return count;
        }

        /** Bytes of keys and data. */
        int payloadBytes() {
            return bytes - count * RecordBatch.RECORD_OVERHEAD;
        }
    }

    Routing(PutBody put, ShardMap shards, MessageDigest md5) {
        this.put = put;
        this.shards = shards;
        this.md5 = md5;
        slotOfRecord = new int[put.count()];
        positionOfRecord = new int[put.count()];
        Arrays.fill(slotOfRecord, NOWHERE);
        int size = Integer.highestOneBit(Math.max(4, put.count())) * 4;
        tableShard = new int[size];
        tableSlot = new int[size];
        Arrays.fill(tableSlot, NOWHERE);
    }

    /** Where in the key space the record belongs. */
    HashKey keyOf(int record) {
        var explicit = put.hashKey(record);
        return explicit != null
                ? PutChecks.parseHashKey(explicit)
                : HashKey.ofPartitionKey(
                        md5, put.keySource(record), put.keyOffset(record), put.keyLength(record));
    }

    /** Number of the open shard that holds the key. */
    int shardOf(HashKey key) {
        return shards.shardFor(key.high(), key.low());
    }

    /** Assigns the record to its shard's batch. */
    void add(int record, int shard) {
        int at = slotAt(shard);
        var slot = slots.get(at);
        slotOfRecord[record] = at;
        positionOfRecord[record] = slot.count;
        slot.count++;
        slot.bytes += RecordBatchBuilder.sizeOf(put.keyLength(record), put.dataLength(record));
    }

    /** Encodes what was added, a batch for each slot, exactly as long as it must be. */
    List<RecordBatch> encode(BatchMemory memory) {
        int total = 0;
        for (var slot : slots) {
            total = Math.addExact(total, RecordBatchBuilder.roomFor(slot.bytes));
        }
        var stretch = memory.take(total);
        int start = stretch.start();
        var builders = new RecordBatchBuilder[slots.size()];
        for (int slot = 0; slot < builders.length; slot++) {
            builders[slot] = new RecordBatchBuilder(stretch.array(), start);
            start += RecordBatchBuilder.roomFor(slots.get(slot).bytes);
        }
        for (int record = 0; record < slotOfRecord.length; record++) {
            if (slotOfRecord[record] != NOWHERE) {
                builders[slotOfRecord[record]].add(
                        put.keySource(record),
                        put.keyOffset(record),
                        put.keyLength(record),
                        put.dataSource(record),
                        put.dataOffset(record),
                        put.dataLength(record));
            }
        }
        var batches = new RecordBatch[builders.length];
        for (int slot = 0; slot < builders.length; slot++) {
            batches[slot] = builders[slot].build();
        }
        return List.of(batches);
    }

    List<Slot> slots() {
        return slots;
    }

    /** Index into {@link #slots}, or -1 if the record was not added. */
    int slotOf(int record) {
        return slotOfRecord[record];
    }

    /** The record's place in its batch. */
    int positionOf(int record) {
        return positionOfRecord[record];
    }

    private int slotAt(int shard) {
        int mask = tableSlot.length - 1;
        int at = ((shard * 0x9e3779b9) >>> 16) & mask;
        while (tableSlot[at] != NOWHERE) {
            if (tableShard[at] == shard) {
                return tableSlot[at];
            }
            at = (at + 1) & mask;
        }
        tableShard[at] = shard;
        tableSlot[at] = slots.size();
        slots.add(new Slot(shard));
        return tableSlot[at];
    }
}
