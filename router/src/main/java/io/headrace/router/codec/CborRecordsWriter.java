package io.headrace.router.codec;

import io.headrace.store.record.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/** Records in AWS CBOR 1.1: data as byte strings, times as tag 1 with epoch milliseconds. */
final class CborRecordsWriter extends RecordsWriter {
    private static final byte[] SEQUENCE = member("SequenceNumber");
    private static final byte[] ARRIVAL = member("ApproximateArrivalTimestamp");
    private static final byte[] DATA = member("Data");
    private static final byte[] KEY = member("PartitionKey");
    private static final byte[] ENCRYPTION = member("EncryptionType");
    private static final byte[] KMS = member("KMS");

    CborRecordsWriter(int capacity, IntFunction<byte[]> arrays) {
        super(capacity, arrays);
    }

    @Override
    void begin(RecordsAnswer answer) {
        int members =
                2 + (answer.nextToken() == null ? 0 : 1) + (answer.children().isEmpty() ? 0 : 1);
        CborText.head(out, CborScanner.MAP, members);
        CborText.text(out, "Records");
        CborText.head(out, CborScanner.ARRAY, answer.recordCount());
    }

    @Override
    void writeRecord(
            SequenceDigits numbers,
            long index,
            long arrivalMs,
            RecordCursor record,
            boolean encrypted,
            boolean first) {
        CborText.head(out, CborScanner.MAP, encrypted ? 5 : 4);
        out.put(SEQUENCE);
        CborText.head(out, CborScanner.TEXT, SequenceDigits.LENGTH);
        int at = out.extend(SequenceDigits.LENGTH);
        numbers.write(index, out.array(), at);
        out.put(ARRIVAL);
        out.put(0xc1);
        CborText.head(out, 0, arrivalMs);
        out.put(DATA);
        CborText.head(out, CborScanner.BYTES, record.dataLength());
        out.put(record.bytes(), record.dataOffset(), record.dataLength());
        out.put(KEY);
        CborText.head(out, CborScanner.TEXT, record.keyLength());
        out.put(record.bytes(), record.keyOffset(), record.keyLength());
        if (encrypted) {
            out.put(ENCRYPTION);
            out.put(KMS);
        }
    }

    @Override
    void end(RecordsAnswer answer, Shape shape) {
        if (answer.nextToken() != null) {
            CborText.text(out, shape.tokenMember);
            CborText.text(out, answer.nextToken());
        }
        CborText.text(out, "MillisBehindLatest");
        CborText.head(out, 0, answer.millisBehindLatest());
        if (answer.children().isEmpty()) {
            return;
        }
        CborText.text(out, "ChildShards");
        CborText.head(out, CborScanner.ARRAY, answer.children().size());
        for (var child : answer.children()) {
            CborText.head(out, CborScanner.MAP, 3);
            CborText.text(out, "ShardId");
            CborText.text(out, child.shardId());
            CborText.text(out, "ParentShards");
            CborText.head(out, CborScanner.ARRAY, child.parentShardIds().size());
            child.parentShardIds().forEach(parent -> CborText.text(out, parent));
            CborText.text(out, "HashKeyRange");
            CborText.head(out, CborScanner.MAP, 2);
            CborText.text(out, "StartingHashKey");
            CborText.text(out, child.startingHashKey());
            CborText.text(out, "EndingHashKey");
            CborText.text(out, child.endingHashKey());
        }
    }

    private static byte[] member(String name) {
        var out = new byte[name.length() + 1];
        out[0] = (byte) ((CborScanner.TEXT << 5) | name.length());
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, out, 1, name.length());
        if (name.length() > 23) {
            // Longer names need a length byte.
            var longer = new byte[name.length() + 2];
            longer[0] = (byte) ((CborScanner.TEXT << 5) | 24);
            longer[1] = (byte) name.length();
            System.arraycopy(out, 1, longer, 2, name.length());
            return longer;
        }
        return out;
    }
}
