package io.headrace.store.segment;

import io.headrace.store.ShardKey;
import io.headrace.store.record.DamagedBlockException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A segment object. Big-endian:
 *
 * <pre>
 * chunk, chunk, ...             each whole blocks in order, zstd-compressed or plain
 *
 * index, per chunk 56 bytes:
 *  0  u64  first index          16  u64  first arrival, ms since 1970
 *  8  u64  next index           24  u64  last arrival
 * 32  u64  offset in the object
 * 40  u32  stored length
 * 44  u32  raw length
 * 48  u32  CRC-32C over the stored bytes
 * 52  u8   codec: 0 plain, 1 zstd
 * 53  3 B  0
 *
 * footer, 64 bytes:
 *  0  u64  offset of the index
 *  8  u32  chunk count, at least 1
 * 12  u32  CRC-32C over the index
 * 16  u64  stream id
 * 24  u32  shard number
 * 28  u32  0
 * 32  u64  raw bytes of all chunks
 * 40  u64  0
 * 48  u32  0
 * 52  u32  CRC-32C over footer bytes [0, 52), then [56, 64)
 * 56  u8   format version (1)
 * 57  7 B  magic "HRSEGMT"
 * </pre>
 *
 * The footer ends the object, so it is found from the object's length; its version stands where
 * every later format must keep it.
 */
final class SegmentFormat {
    static final int VERSION = 1;
    static final int ENTRY_BYTES = 56;
    static final int FOOTER_BYTES = 64;
    static final int CODEC_PLAIN = 0;
    static final int CODEC_ZSTD = 1;

    /** A chunk is at most one block above the writer's aim; a longer one is damage. */
    static final int CHUNK_RAW_BYTES_MAX = 64 << 20;

    private static final long MAGIC = 0x48525345474d54L;

    private SegmentFormat() {}

    /** What a footer says. */
    record Footer(long indexOffset, int chunks, int indexCrc, ShardKey shard, long rawBytes) {
        ByteBuffer encode() {
            var footer =
                    ByteBuffer.allocate(FOOTER_BYTES)
                            .putLong(indexOffset)
                            .putInt(chunks)
                            .putInt(indexCrc)
                            .putLong(shard.streamId())
                            .putInt(shard.number())
                            .putInt(0)
                            .putLong(rawBytes)
                            .putLong(56, (long) VERSION << 56 | MAGIC);
            return footer.putInt(52, footerCrc(footer)).clear();
        }

        static Footer decode(String name, ByteBuffer footer) {
            long last = footer.getLong(56);
            if ((last & 0x00ff_ffff_ffff_ffffL) != MAGIC) {
                throw new DamagedBlockException(name + " does not end as a segment");
            }
            int version = (int) (last >>> 56);
            if (version > VERSION) {
                throw new DamagedBlockException(
                        "segment %s has format version %d; this build reads up to %d: a newer Headrace wrote it"
                                .formatted(name, version, VERSION));
            }
            if (version != VERSION || footer.getInt(52) != footerCrc(footer)) {
                throw new DamagedBlockException("checksum mismatch in the footer of " + name);
            }
            int number = footer.getInt(24);
            if (number < 0) {
                throw new DamagedBlockException("shard number " + number + " in " + name);
            }
            return new Footer(
                    footer.getLong(0),
                    footer.getInt(8),
                    footer.getInt(12),
                    new ShardKey(footer.getLong(16), number),
                    footer.getLong(32));
        }

        private static int footerCrc(ByteBuffer footer) {
            var crc = new CRC32C();
            crc.update(footer.slice(0, 52));
            crc.update(footer.slice(56, 8));
            return (int) crc.getValue();
        }
    }

    static int crc(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
