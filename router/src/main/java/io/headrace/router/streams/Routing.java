package io.headrace.router.streams;

import io.headrace.router.codec.PutBody;
import io.headrace.store.HashKey;
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

    /** The batch of one shard. */
    static final class Slot {
        private final int shard;
        private final RecordBatchBuilder builder;
        private int records;
        private int payloadBytes;

        private Slot(int shard, int capacity) {
            this.shard = shard;
            this.builder = new RecordBatchBuilder(capacity);
        }

        int shard() {
            return shard;
        }

        /** Of the batch, once it is built. */
        int records() {
            return records;
        }

        /** Bytes of keys and data in the batch, once it is built. */
        int payloadBytes() {
            return payloadBytes;
        }

        RecordBatch build() {
            var batch = builder.build();
            records = batch.count();
            payloadBytes = batch.length() - records * RecordBatch.RECORD_OVERHEAD;
            return batch;
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

    /** Adds the record to its shard's batch. */
    void add(int record, int shard) {
        int at = slotAt(shard);
        var slot = slots.get(at);
        slotOfRecord[record] = at;
        positionOfRecord[record] = slot.builder.count();
        slot.builder.add(
                put.keySource(record),
                put.keyOffset(record),
                put.keyLength(record),
                put.dataSource(record),
                put.dataOffset(record),
                put.dataLength(record));
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
        slots.add(new Slot(shard, expectedBytes()));
        return tableSlot[at];
    }

    /** What a shard's batch will take if the rest spreads evenly: saves growing it from nothing. */
    private int expectedBytes() {
        long sum = 0;
        for (int i = 0; i < put.count(); i++) {
            sum += RecordBatch.RECORD_OVERHEAD + put.keyLength(i) + put.dataLength(i);
        }
        int spread = Math.max(1, Math.min(put.count(), shards.openCount()));
        return (int) Math.min(sum, sum / spread + sum / (4L * spread) + 64);
    }
}
