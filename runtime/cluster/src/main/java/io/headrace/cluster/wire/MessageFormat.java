package io.headrace.cluster.wire;

import io.headrace.store.ErrorCode;
import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes of a message. Big-endian:
 *
 * <pre>
 *  0  u32  magic "HRM1"
 *  4  u8   version (1)
 *  5  u8   kind
 *  6  u16  reserved, 0
 *  8  u32  CRC-32C over bytes [12, length)
 * 12  u32  length of the whole message
 * 16  16 B node id of the sender
 * 32  u64  number of the question at its sender, in its answer too
 * 40  what the kind holds; for an append:
 *         u64 generation, u64 sequence, u64 settled below, u64 stream id, u32 shard number,
 *         u32 record count, then at 80 the records as in {@link RecordBatch}
 * </pre>
 *
 * The head of an append is no shorter than that of a block, so that the owner makes the received
 * bytes a block where they lie. Records travel as they are stored: whole blocks, with the cut that
 * was asked for beside them; what is much larger than its cut is cut before. Any thread.
 */
public final class MessageFormat {
    /** Nodes of one cluster all speak the same. */
    public static final int VERSION = 1;

    static final int HEADER_BYTES = 40;
    static final int LENGTH_AT = 12;

    private static final UUID NOBODY = new UUID(0, 0);
    private static final int MAGIC = 0x48524d31;
    private static final int CRC_AT = 8;
    private static final int SUMMED_FROM = 12;

    private static final int APPEND = 1;
    private static final int READ = 2;
    private static final int INDEX_AT = 3;
    private static final int BOUNDS = 4;
    private static final int END = 5;
    private static final int DELETE = 6;
    private static final int SUBSCRIBE = 7;
    private static final int COMMITTED = 8;
    private static final int RELEASE = 9;
    private static final int CHANGED = 10;
    private static final int HELLO = 11;
    private static final int ASK = 12;
    private static final int SPENT = 13;
    private static final int LOADED = 14;
    private static final int CLAIM = 15;
    private static final int APPENDED = 64;
    private static final int CLOSED = 65;
    private static final int RECORDS = 66;
    private static final int INDEX = 67;
    private static final int LIMITS = 68;
    private static final int DONE = 69;
    private static final int RELEASED = 70;
    private static final int TEXT = 71;
    private static final int REFUSED = 72;

    /**
     * A message on its way.
     *
     * @param sender the node that sent it
     * @param number of the question at its sender
     */
    record Letter(UUID sender, long number, Message message) {}

    private MessageFormat() {}

    /** The whole message in an array of its own. */
    static byte[] encode(Letter letter) {
        var out = new MessageBuffer(HEADER_BYTES + sizeHint(letter.message()));
        out.skip(HEADER_BYTES);
        int kind = write(letter.message(), out);
        return seal(kind, letter.sender(), letter.number(), out.finished());
    }

    /** A message of any kind and content. */
    static byte[] sealed(int kind, UUID sender, long number, byte[] content) {
        var whole = new byte[HEADER_BYTES + content.length];
        System.arraycopy(content, 0, whole, HEADER_BYTES, content.length);
        return seal(kind, sender, number, whole);
    }

    private static byte[] seal(int kind, UUID sender, long number, byte[] bytes) {
        var whole = ByteBuffer.wrap(bytes);
        whole.putInt(0, MAGIC);
        whole.put(4, (byte) VERSION);
        whole.put(5, (byte) kind);
        whole.putInt(LENGTH_AT, bytes.length);
        whole.putLong(16, sender.getMostSignificantBits());
        whole.putLong(24, sender.getLeastSignificantBits());
        whole.putLong(32, number);
        whole.putInt(CRC_AT, checksum(whole));
        return bytes;
    }

    /**
     * Reads a message that fills the array; the array is the message's from then on. Never throws:
     * what cannot be read is {@link Message.Damaged}.
     */
    static Letter decode(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            return damaged(bytes.length + " bytes");
        }
        var in = ByteBuffer.wrap(bytes);
        if (in.getInt(0) != MAGIC || in.getShort(6) != 0) {
            return damaged("no message begins here");
        }
        if (in.get(4) != VERSION) {
            return damaged(
                    "message version %d; this node speaks %d".formatted(in.get(4) & 0xff, VERSION));
        }
        if (in.getInt(LENGTH_AT) != bytes.length || in.getInt(CRC_AT) != checksum(in)) {
            return damaged("checksum or length mismatch");
        }
        var sender = new UUID(in.getLong(16), in.getLong(24));
        long number = in.getLong(32);
        try {
            in.position(HEADER_BYTES);
            var message = read(in.get(5), in, bytes);
            return new Letter(
                    sender,
                    number,
                    in.hasRemaining()
                            ? new Message.Damaged(in.remaining() + " bytes too many")
                            : message);
        } catch (BufferUnderflowException
                | DamagedBlockException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            return new Letter(sender, number, new Message.Damaged(e.toString()));
        }
    }

    private static Letter damaged(String reason) {
        return new Letter(NOBODY, 0, new Message.Damaged(reason));
    }

    private static int checksum(ByteBuffer whole) {
        var crc = new CRC32C();
        // The kind lies before what is summed.
        crc.update(whole.get(5));
        crc.update(whole.slice(SUMMED_FROM, whole.limit() - SUMMED_FROM));
        return (int) crc.getValue();
    }

    private static int sizeHint(Message message) {
        return switch (message) {
            case Message.Append append -> 40 + append.batch().length();
            case Message.Records records -> {
                int bytes = 64;
                for (var slice : records.result().slices()) {
                    bytes += 17 + slice.block().length();
                }
                yield bytes;
            }
            case Message.Subscribe subscribe -> 4 + 12 * subscribe.shards().size();
            case Message.Committed committed -> 4 + 12 * committed.shards().size();
            case Message other -> 128;
        };
    }

    private static int write(Message message, MessageBuffer out) {
        return switch (message) {
            case Message.Question question -> writeQuestion(question, out);
            case Message.Answer answer -> writeAnswer(answer, out);
            case Message.Damaged damaged ->
                    throw new IllegalArgumentException("not to be sent: " + damaged);
        };
    }

    private static int writeQuestion(Message.Question question, MessageBuffer out) {
        return switch (question) {
            case Message.Append append -> {
                out.putLong(append.generation());
                out.putLong(append.sequence());
                out.putLong(append.settledBelow());
                out.putShard(append.shard());
                out.putInt(append.batch().count());
                out.putRecords(append.batch());
                yield APPEND;
            }
            case Message.Read read -> {
                out.putShard(read.shard());
                out.putLong(read.fromIndex());
                out.putInt(read.recordsMax());
                out.putInt(read.bytesMax());
                yield READ;
            }
            case Message.IndexAt at -> {
                out.putShard(at.shard());
                out.putLong(at.arrivalMs());
                yield INDEX_AT;
            }
            case Message.Bounds bounds -> one(bounds.shard(), out, BOUNDS);
            case Message.End end -> one(end.shard(), out, END);
            case Message.Delete delete -> one(delete.shard(), out, DELETE);
            case Message.Subscribe subscribe -> {
                out.putInt(subscribe.anew() ? 1 : 0);
                out.putShards(subscribe.shards());
                yield SUBSCRIBE;
            }
            case Message.Committed committed -> {
                out.putShards(committed.shards());
                yield COMMITTED;
            }
            case Message.Release release -> {
                out.putShard(release.shard());
                out.putString(release.journalId());
                yield RELEASE;
            }
            case Message.Spent spent -> {
                NewsFormat.writeSpends(spent.spends(), out);
                yield SPENT;
            }
            case Message.Loaded loaded -> {
                NewsFormat.writeLoads(loaded.loads(), out);
                yield LOADED;
            }
            case Message.Claim claim -> {
                out.putShard(claim.shard());
                out.putString(claim.consumerArn());
                yield CLAIM;
            }
            case Message.Changed changed -> text(changed.prefix(), out, CHANGED);
            case Message.Hello hello -> text(hello.announcement(), out, HELLO);
            case Message.Ask ask -> text(ask.verb(), out, ASK);
        };
    }

    private static int writeAnswer(Message.Answer answer, MessageBuffer out) {
        return switch (answer) {
            case Message.Appended(AppendResult.Committed committed) -> {
                out.putLong(committed.firstIndex());
                out.putLong(committed.arrivalMs());
                yield APPENDED;
            }
            case Message.Appended(AppendResult.Closed closed) -> CLOSED;
            case Message.Records records -> {
                writeRecords(records.result(), out);
                yield RECORDS;
            }
            case Message.Index index -> {
                out.putLong(index.index());
                yield INDEX;
            }
            case Message.Limits limits -> {
                out.putBounds(limits.bounds());
                yield LIMITS;
            }
            case Message.Done done -> DONE;
            case Message.Released released -> {
                out.putInt(released.mine() ? 1 : 0);
                yield RELEASED;
            }
            case Message.Text text -> text(text.text(), out, TEXT);
            case Message.Refused refused -> {
                out.putString(refused.code().name());
                out.putString(refused.message());
                yield REFUSED;
            }
        };
    }

    private static int one(ShardKey shard, MessageBuffer out, int kind) {
        out.putShard(shard);
        return kind;
    }

    private static int text(String text, MessageBuffer out, int kind) {
        out.putString(text);
        return kind;
    }

    private static void writeRecords(ReadResult result, MessageBuffer out) {
        out.putBounds(result.bounds());
        out.putLong(result.nextIndex());
        out.putInt(result.slices().size());
        for (var whole : result.slices()) {
            var slice = BlockCut.worthwhile(whole);
            out.putByte(slice.block().isStoredEncrypted() ? 1 : 0);
            out.putLong(slice.fromIndex());
            out.putLong(slice.toIndex());
            out.putBytes(slice.block().content());
        }
    }

    private static Message read(int kind, ByteBuffer in, byte[] bytes) {
        return switch (kind) {
            case APPEND -> readAppend(in, bytes);
            case READ -> new Message.Read(shard(in), in.getLong(), in.getInt(), in.getInt());
            case INDEX_AT -> new Message.IndexAt(shard(in), in.getLong());
            case BOUNDS -> new Message.Bounds(shard(in));
            case END -> new Message.End(shard(in));
            case DELETE -> new Message.Delete(shard(in));
            case SUBSCRIBE -> {
                boolean anew = in.getInt() != 0;
                yield new Message.Subscribe(shards(in), anew);
            }
            case COMMITTED -> new Message.Committed(shards(in));
            case RELEASE -> {
                var shard = shard(in);
                yield new Message.Release(string(in), shard);
            }
            case SPENT -> new Message.Spent(NewsFormat.readSpends(in));
            case LOADED -> new Message.Loaded(NewsFormat.readLoads(in));
            case CLAIM -> {
                var shard = shard(in);
                yield new Message.Claim(shard, string(in));
            }
            case CHANGED -> new Message.Changed(string(in));
            case HELLO -> new Message.Hello(string(in));
            case ASK -> new Message.Ask(string(in));
            case APPENDED ->
                    new Message.Appended(new AppendResult.Committed(in.getLong(), in.getLong()));
            case CLOSED -> new Message.Appended(new AppendResult.Closed());
            case RECORDS -> new Message.Records(readRecords(in));
            case INDEX -> new Message.Index(in.getLong());
            case LIMITS -> new Message.Limits(bounds(in));
            case DONE -> new Message.Done();
            case RELEASED -> new Message.Released(in.getInt() != 0);
            case TEXT -> new Message.Text(string(in));
            case REFUSED -> new Message.Refused(ErrorCode.valueOf(string(in)), string(in));
            default -> throw new IllegalArgumentException("kind " + kind);
        };
    }

    private static Message.Append readAppend(ByteBuffer in, byte[] bytes) {
        long generation = in.getLong();
        long sequence = in.getLong();
        long settledBelow = in.getLong();
        var shard = shard(in);
        int count = in.getInt();
        int length = in.remaining();
        var batch = RecordBatch.received(bytes, in.position() - Block.HEADER_BYTES, length, count);
        in.position(in.limit());
        return new Message.Append(shard, generation, sequence, settledBelow, batch);
    }

    private static ReadResult readRecords(ByteBuffer in) {
        var bounds = bounds(in);
        long next = in.getLong();
        int count = in.getInt();
        var slices = new ArrayList<ReadResult.Slice>();
        for (int i = 0; i < count; i++) {
            boolean encrypted = in.get() != 0;
            long from = in.getLong();
            long to = in.getLong();
            var block = Block.read(in);
            slices.add(new ReadResult.Slice(encrypted ? block.asDecrypted() : block, from, to));
        }
        return new ReadResult(slices, next, bounds);
    }

    static ShardKey shard(ByteBuffer in) {
        return new ShardKey(in.getLong(), in.getInt());
    }

    private static List<ShardKey> shards(ByteBuffer in) {
        int count = in.getInt();
        var shards = new ArrayList<ShardKey>();
        for (int i = 0; i < count; i++) {
            shards.add(shard(in));
        }
        return shards;
    }

    private static ShardBounds bounds(ByteBuffer in) {
        return new ShardBounds(in.getLong(), in.getLong(), in.getInt() != 0, in.getLong());
    }

    private static String string(ByteBuffer in) {
        return MessageBuffer.string(in);
    }
}
