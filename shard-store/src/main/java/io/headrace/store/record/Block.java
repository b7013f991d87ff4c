package io.headrace.store.record;

import io.headrace.store.ShardKey;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The records of one commit to one shard, as they lie in the journal, in segments and in memory.
 * Big-endian:
 *
 * <pre>
 *  0  u32  magic "HRB1"
 *  4  u8   format version (1)
 *  5  u8   codec of the body: 0 plain, 1 AES-256-GCM (nonce below, tag after the ciphertext)
 *  6  u16  reserved, 0
 *  8  u32  CRC-32C over bytes [12, length)
 * 12  u32  length of the whole block
 * 16  u64  stream id
 * 24  u32  shard number
 * 28  u32  record count, at least 1
 * 32  u64  epoch of the owner that committed it
 * 40  u64  index of the first record
 * 48  u64  arrival, ms since 1970, of all its records; never less than the shard's block before
 * 56  u32  data key number, at least 1 (codec 1), else 0
 * 60  12 B nonce (codec 1), else 0
 * 72  body: the records as in {@link RecordBatch}
 * </pre>
 *
 * What the checksum leaves out is known from the rest: the reserved bytes, and the codec from the
 * data key number. Position-independent. Immutable once sealed; safe to share between threads.
 */
public final class Block {
    public static final int MAGIC = 0x48524231;
    public static final int VERSION = 1;
    public static final int HEADER_BYTES = 72;
    public static final int CODEC_PLAIN = 0;
    public static final int CODEC_AES_GCM = 1;

    /** Reading fewer bytes takes no longer than joining their checksum. */
    private static final int JOINED_BYTES_MIN = 8 << 10;

    private static final int NOT_ENCRYPTED = 0;
    private static final int KEY_UNKNOWN = -1;

    /** Never given away but read-only. */
    private final ByteBuffer bytes;

    /** Of a decrypted block the data key that its bytes no longer name. */
    private final int openedWith;

    private Block(ByteBuffer bytes, int openedWith) {
        this.bytes = bytes;
        this.openedWith = openedWith;
    }

    /**
     * Reads the block that begins at {@code source}'s position and moves the position behind it,
     * without copying.
     *
     * @throws DamagedBlockException if these bytes are no whole, undamaged block of a known version
     */
    public static Block read(ByteBuffer source) {
        int start = source.position();
        if (source.remaining() < HEADER_BYTES || source.getInt(start) != MAGIC) {
            throw new DamagedBlockException("no block begins here");
        }
        int version = source.get(start + 4) & 0xff;
        if (version != VERSION) {
            throw new DamagedBlockException(
                    "block format version %d; this build reads up to %d%s"
                            .formatted(
                                    version,
                                    VERSION,
                                    version > VERSION ? ": a newer Headrace wrote it" : ""));
        }
        int length = source.getInt(start + 12);
        if (length < HEADER_BYTES || length > source.remaining()) {
            throw new DamagedBlockException("block length " + length);
        }
        if (checksum(source.slice(start, length)) != source.getInt(start + 8)) {
            throw new DamagedBlockException("checksum mismatch in block of " + length + " bytes");
        }
        var block = new Block(source.slice(start, length), NOT_ENCRYPTED);
        block.checkHeader();
        source.position(start + length);
        return block;
    }

    /** Wraps bytes this JVM has sealed or checked itself; no verification. */
    public static Block trusted(ByteBuffer wholeBlock) {
        return new Block(wholeBlock.duplicate(), NOT_ENCRYPTED);
    }

    public ShardKey shard() {
        return new ShardKey(bytes.getLong(16), bytes.getInt(24));
    }

    public int codec() {
        return bytes.get(5);
    }

    public int length() {
        return bytes.getInt(12);
    }

    public int count() {
        return bytes.getInt(28);
    }

    public long epoch() {
        return bytes.getLong(32);
    }

    public long firstIndex() {
        return bytes.getLong(40);
    }

    /** One past the last record's index. */
    public long nextIndex() {
        return firstIndex() + count();
    }

    public long arrivalMs() {
        return bytes.getLong(48);
    }

    public int dataKeyNumber() {
        return bytes.getInt(56);
    }

    /**
     * This plain block, with the memory that it is stored encrypted, which its bytes lack; who
     * holds the keys has found already that it may be read.
     */
    public Block asDecrypted() {
        return new Block(bytes, KEY_UNKNOWN);
    }

    /** The same with the memory of the data key, so that whether it may be read can be asked. */
    public Block asDecrypted(int dataKeyNumber) {
        if (dataKeyNumber < 1) {
            throw new IllegalArgumentException("data key " + dataKeyNumber);
        }
        return new Block(bytes, dataKeyNumber);
    }

    /** The number of the data key that a decrypted block was opened with; 0 if none is known. */
    public int openedWith() {
        return Math.max(0, openedWith);
    }

    /** Whether its records are encrypted where they are stored. */
    public boolean isStoredEncrypted() {
        return openedWith != NOT_ENCRYPTED || codec() != CODEC_PLAIN;
    }

    /** A fresh read-only view of the whole block. */
    public ByteBuffer content() {
        return bytes.asReadOnlyBuffer();
    }

    /** Joins the whole block to a checksum, by what its header says of the rest. */
    public void addTo(JoinedCrc crc) {
        if (length() < JOINED_BYTES_MIN) {
            crc.add(bytes);
        } else {
            crc.add(bytes.slice(0, 12));
            crc.add(bytes.getInt(8), length() - 12);
        }
    }

    /** A fresh read-only view of the body, ciphertext if the codec says so. */
    public ByteBuffer body() {
        return bytes.slice(HEADER_BYTES, length() - HEADER_BYTES).asReadOnlyBuffer();
    }

    /** Walks the records of a plain block. */
    public RecordCursor records() {
        if (codec() != CODEC_PLAIN) {
            throw new IllegalStateException("block " + this + " is encrypted");
        }
        return new RecordCursor(body(), count());
    }

    /** Of a whole block: what stands in its header once it is sealed. */
    static int checksum(ByteBuffer wholeBlock) {
        var crc = new CRC32C();
        crc.update(wholeBlock.slice(12, wholeBlock.limit() - 12));
        return (int) crc.getValue();
    }

    private void checkHeader() {
        long first = bytes.getLong(40);
        int codec = dataKeyNumber() == 0 ? CODEC_PLAIN : CODEC_AES_GCM;
        if (bytes.getInt(24) < 0
                || count() < 1
                || first < 0
                || first + count() < 0
                || dataKeyNumber() < 0
                || codec() != codec
                || bytes.getShort(6) != 0) {
            throw new DamagedBlockException(
                    "block of shard %d, codec %d with data key %d, %d records from %d on"
                            .formatted(bytes.getInt(24), codec(), dataKeyNumber(), count(), first));
        }
    }

    @Override
    public String toString() {
        return "%s[%d, %d) epoch %d".formatted(shard(), firstIndex(), nextIndex(), epoch());
    }
}
