package io.headrace.router.codec;

import io.headrace.store.record.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.IntFunction;

/** Records in AWS JSON 1.1. */
final class JsonRecordsWriter extends RecordsWriter {
    private static final Base64.Encoder BASE64 = Base64.getEncoder();
    private static final byte[] SEQUENCE = ascii("{\"SequenceNumber\":\"");
    private static final byte[] ARRIVAL = ascii("\",\"ApproximateArrivalTimestamp\":");
    private static final byte[] DATA = ascii(",\"Data\":\"");
    private static final byte[] KEY = ascii("\",\"PartitionKey\":");
    private static final byte[] ENCRYPTION = ascii(",\"EncryptionType\":\"KMS\"");

    private byte[] scratch = new byte[4096];

    JsonRecordsWriter(int capacity, IntFunction<byte[]> arrays) {
        super(capacity, arrays);
    }

    @Override
    void begin(RecordsAnswer answer) {
        out.putAscii("{\"Records\":[");
    }

    @Override
    void writeRecord(
            SequenceDigits numbers,
            long index,
            long arrivalMs,
            RecordCursor record,
            boolean encrypted,
            boolean first) {
        if (!first) {
            out.put(',');
        }
        out.put(SEQUENCE);
        int at = out.extend(SequenceDigits.LENGTH);
        numbers.write(index, out.array(), at);
        out.put(ARRIVAL);
        JsonText.writeSeconds(out, arrivalMs);
        out.put(DATA);
        writeData(record);
        out.put(KEY);
        JsonText.writeString(out, record.bytes(), record.keyOffset(), record.keyLength());
        if (encrypted) {
            out.put(ENCRYPTION);
        }
        out.put('}');
    }

    private void writeData(RecordCursor record) {
        int length = record.dataLength();
        if (length > scratch.length) {
            scratch = new byte[Math.max(length, scratch.length * 2)];
        }
        record.bytes().get(record.dataOffset(), scratch, 0, length);
        // The intrinsic encoder outruns any loop of ours, even with an array for each record.
        out.put(BASE64.encode(ByteBuffer.wrap(scratch, 0, length)).array());
    }

    @Override
    void end(RecordsAnswer answer, Shape shape) {
        out.putAscii("]");
        if (answer.nextToken() != null) {
            out.putAscii(",\"" + shape.tokenMember + "\":\"" + answer.nextToken() + "\"");
        }
        out.putAscii(",\"MillisBehindLatest\":" + answer.millisBehindLatest());
        if (!answer.children().isEmpty()) {
            out.putAscii(",\"ChildShards\":[");
            boolean first = true;
            for (var child : answer.children()) {
                out.putAscii(first ? "" : ",");
                out.putAscii("{\"ShardId\":\"" + child.shardId() + "\",\"ParentShards\":[\"");
                out.putAscii(String.join("\",\"", child.parentShardIds()));
                out.putAscii(
                        "\"],\"HashKeyRange\":{\"StartingHashKey\":\"" + child.startingHashKey());
                out.putAscii("\",\"EndingHashKey\":\"" + child.endingHashKey() + "\"}}");
                first = false;
            }
            out.putAscii("]");
        }
        out.put('}');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
