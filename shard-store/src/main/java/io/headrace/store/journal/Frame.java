package io.headrace.store.journal;

import io.headrace.store.record.JoinedCrc;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a journal file is a row of. Big-endian:
 *
 * <pre>
 *  0  u32  magic "HRJ1"
 *  4  u8   format version (1)
 *  5  u8   kind: 1 entry, 2 mark (entries below are durable), 3 seal (the journal's end)
 *  6  u16  reserved, 0
 *  8  u32  CRC-32C over bytes [0, 8) and [12, 64 + body length)
 * 12  u32  body length
 * 16  u64  journal id, high half
 * 24  u64  journal id, low half
 * 32  u32  sequence of the file in its journal
 * 36  u32  reserved, 0
 * 40  u64  entry number; of a mark or seal: the number the next entry has or would have
 * 48  u64  durableBefore: entries below this number were synced when the frame was written
 * 56  u64  reserved, 0
 * 64  body: the blocks of the entry, one behind the other; then zeros up to a multiple of 4096
 * </pre>
 *
 * Frames begin at multiples of 4096, so that no write touches a page with an entry that is durable
 * already, a page is written without reading it first, and recovery finds the frames behind a
 * damaged one. Journal id and file sequence tell the frames of a recycled file from new ones.
 */
record Frame(int kind, int bodyLength, long entry, long durableBefore) {
    static final int MAGIC = 0x48524a31;
    static final int VERSION = 1;
    static final int HEADER_BYTES = 64;
    static final int ALIGNMENT = 4096;

    static final int ENTRY = 1;
    static final int MARK = 2;
    static final int SEAL = 3;

    /** Bytes of the file that a frame with such a body takes. */
    static long extent(long bodyLength) {
        return (HEADER_BYTES + bodyLength + ALIGNMENT - 1) & -ALIGNMENT;
    }

    long extent() {
        return extent(bodyLength);
    }

    /**
     * Fills in the header before the body that already stands in {@code target} from byte 64.
     *
     * @param bodyCrc CRC-32C of the body
     */
    void seal(ByteBuffer target, JournalId journal, int file, int bodyCrc) {
        target.putInt(0, MAGIC);
        target.put(4, (byte) VERSION);
        target.put(5, (byte) kind);
        target.putShort(6, (short) 0);
        target.putInt(12, bodyLength);
        target.putLong(16, journal.high());
        target.putLong(24, journal.low());
        target.putInt(32, file);
        target.putInt(36, 0);
        target.putLong(40, entry);
        target.putLong(48, durableBefore);
        target.putLong(56, 0);
        var crc = new JoinedCrc();
        crc.add(target.slice(0, 8));
        crc.add(target.slice(12, HEADER_BYTES - 12));
        crc.add(bodyCrc, bodyLength);
        target.putInt(8, crc.value());
    }

    /**
     * The undamaged frame of this journal's file that begins at {@code offset}, if one does.
     *
     * @throws DamagedJournalException if it was written by a newer version of this software
     */
    static Optional<Frame> at(ByteBuffer source, int offset, JournalId journal, int file)
            throws DamagedJournalException {
        if (source.limit() - offset < HEADER_BYTES
                || source.getInt(offset) != MAGIC
                || source.getLong(offset + 16) != journal.high()
                || source.getLong(offset + 24) != journal.low()
                || source.getInt(offset + 32) != file) {
            return Optional.empty();
        }
        int bodyLength = source.getInt(offset + 12);
        if (bodyLength < 0
                || bodyLength > source.limit() - offset - HEADER_BYTES
                || checksum(source, offset, bodyLength) != source.getInt(offset + 8)) {
            return Optional.empty();
        }
        int version = source.get(offset + 4);
        if (version != VERSION) {
            throw new DamagedJournalException(
                    "journal format version "
                            + version
                            + " is newer than this build reads ("
                            + VERSION
                            + ")");
        }
        return Optional.of(
                new Frame(
                        source.get(offset + 5),
                        bodyLength,
                        source.getLong(offset + 40),
                        source.getLong(offset + 48)));
    }

    static int checksum(ByteBuffer bytes, int offset, int bodyLength) {
        var crc = new CRC32C();
        crc.update(bytes.slice(offset, 8));
        crc.update(bytes.slice(offset + 12, HEADER_BYTES - 12 + bodyLength));
        return (int) crc.getValue();
    }
}
