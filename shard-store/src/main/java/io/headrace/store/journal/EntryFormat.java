package io.headrace.store.journal;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.SharedJournals.Row;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The objects of a journal on an object store. Big-endian:
 *
 * <pre>
 *  0  u32  magic "HRJE"
 *  4  u16  format version (1)
 *  6  u16  kind: 1 entry, 2 tombstone
 *  8  16 B journal id
 * 24  u64  index of the entry
 * 32  u64  nonce: tells this write from every other of the same name
 * 40  u32  number of rows; a tombstone has none
 * 44  u32  CRC-32C over bytes [0, 44) and the rows
 * 48  rows of 48 bytes: stream id u64, shard u32, count u32, epoch u64, first index u64,
 *     arrival ms u64, offset of the block in the object u32, its length u32
 * then the blocks, each as {@link Block} has it, with a checksum of its own
 * </pre>
 */
final class EntryFormat {
    static final int HEAD_BYTES = 48;
    private static final int MAGIC = 0x48524A45;
    private static final int VERSION = 1;
    private static final int KIND_ENTRY = 1;
    private static final int KIND_TOMBSTONE = 2;
    private static final int ROW_BYTES = 48;
    private static final int CHECKSUM_AT = 44;
    private static final int POSITION_BITS = 28;

    private EntryFormat() {}

    /** What begins an object: all but the blocks of an entry. */
    record Head(JournalId id, long index, long nonce, boolean isTombstone, List<Row> rows) {}

    /** Bytes of head and rows of an entry with so many blocks. */
    static int headBytes(int blocks) {
        return HEAD_BYTES + blocks * ROW_BYTES;
    }

    /** Where a block lies: the entry, and its offset in the entry's object. */
    static long position(long index, int offset) {
        return index << POSITION_BITS | offset;
    }

    static long indexOf(long position) {
        return position >>> POSITION_BITS;
    }

    static int offsetOf(long position) {
        return (int) (position & (1 << POSITION_BITS) - 1);
    }

    /** Where blocks lie in the entry that holds just these, in this order. */
    static List<Row> rows(long index, List<Block> blocks) {
        var rows = new ArrayList<Row>(blocks.size());
        int offset = headBytes(blocks.size());
        for (var block : blocks) {
            rows.add(
                    new Row(
                            block.shard(),
                            block.epoch(),
                            block.firstIndex(),
                            block.count(),
                            block.arrivalMs(),
                            position(index, offset),
                            block.length()));
            offset += block.length();
        }
        return rows;
    }

    /** Head and rows of an entry; the blocks follow in this order. */
    static ByteBuffer entry(JournalId id, long index, long nonce, List<Row> rows) {
        var head = begin(headBytes(rows.size()), KIND_ENTRY, id, index, nonce, rows.size());
        for (var row : rows) {
            head.putLong(row.shard().streamId())
                    .putInt(row.shard().number())
                    .putInt(row.count())
                    .putLong(row.epoch())
                    .putLong(row.firstIndex())
                    .putLong(row.arrivalMs())
                    .putInt(offsetOf(row.position()))
                    .putInt(row.length());
        }
        return sealed(head);
    }

    static ByteBuffer tombstone(JournalId id, long index, long nonce) {
        return sealed(begin(HEAD_BYTES, KIND_TOMBSTONE, id, index, nonce, 0));
    }

    private static ByteBuffer begin(
            int bytes, int kind, JournalId id, long index, long nonce, int rows) {
        return ByteBuffer.allocate(bytes)
                .putInt(MAGIC)
                .putShort((short) VERSION)
                .putShort((short) kind)
                .putLong(id.high())
                .putLong(id.low())
                .putLong(index)
                .putLong(nonce)
                .putInt(rows)
                .putInt(0);
    }

    private static ByteBuffer sealed(ByteBuffer head) {
        head.flip();
        head.putInt(CHECKSUM_AT, checksum(head));
        return head.asReadOnlyBuffer();
    }

    private static int checksum(ByteBuffer head) {
        var crc = new CRC32C();
        crc.update(head.slice(0, CHECKSUM_AT));
        crc.update(head.slice(HEAD_BYTES, head.limit() - HEAD_BYTES));
        return (int) crc.getValue();
    }

    /** How long head and rows are, of an object's first {@link #HEAD_BYTES} bytes or more. */
    static int headBytes(String name, ByteBuffer start) {
        if (start.remaining() < HEAD_BYTES || start.getInt(0) != MAGIC) {
            throw new DamagedBlockException(name + " is no journal entry");
        }
        int version = start.getShort(4) & 0xffff;
        if (version != VERSION) {
            throw new DamagedBlockException(
                    name
                            + " has format version "
                            + version
                            + "; this build reads up to "
                            + VERSION
                            + (version > VERSION ? ": a newer Headrace wrote it" : ""));
        }
        int rows = start.getInt(40);
        if (rows < 0 || rows > (1 << POSITION_BITS) / ROW_BYTES) {
            throw new DamagedBlockException(name + " is damaged: " + rows + " rows");
        }
        return headBytes(rows);
    }

    /**
     * Reads an object's head and rows.
     *
     * @throws DamagedBlockException if it is not what was written under this name
     */
    static Head read(String name, JournalId id, long index, ByteBuffer object) {
        int bytes = headBytes(name, object);
        if (object.remaining() < bytes) {
            throw new DamagedBlockException(
                    "%s has only %d bytes of %d".formatted(name, object.remaining(), bytes));
        }
        var head = object.slice(object.position(), bytes);
        if (checksum(head) != head.getInt(CHECKSUM_AT)) {
            throw new DamagedBlockException(name + " is damaged: its checksum does not match");
        }
        var found = new JournalId(head.getLong(8), head.getLong(16));
        if (!found.equals(id) || head.getLong(24) != index) {
            throw new DamagedBlockException(
                    "%s holds entry %d of journal %s".formatted(name, head.getLong(24), found));
        }
        int kind = head.getShort(6);
        if (kind != KIND_ENTRY && kind != KIND_TOMBSTONE) {
            throw new DamagedBlockException(name + " is of an unknown kind, " + kind);
        }
        return new Head(id, index, head.getLong(32), kind == KIND_TOMBSTONE, rows(head, index));
    }

    private static List<Row> rows(ByteBuffer head, long index) {
        int count = head.getInt(40);
        var rows = new ArrayList<Row>(count);
        for (int i = 0; i < count; i++) {
            int at = HEAD_BYTES + i * ROW_BYTES;
            rows.add(
                    new Row(
                            new ShardKey(head.getLong(at), head.getInt(at + 8)),
                            head.getLong(at + 16),
                            head.getLong(at + 24),
                            head.getInt(at + 12),
                            head.getLong(at + 32),
                            position(index, head.getInt(at + 40)),
                            head.getInt(at + 44)));
        }
        return rows;
    }
}
