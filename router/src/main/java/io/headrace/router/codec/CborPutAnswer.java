package io.headrace.router.codec;

/** PutRecord and PutRecords answers in AWS CBOR 1.1. */
final class CborPutAnswer extends PutAnswer {
    CborPutAnswer(int capacity, boolean encrypted) {
        super(capacity, encrypted);
    }

    @Override
    void beginMany(int count, int failed) {
        CborText.head(out, CborScanner.MAP, encrypted ? 3 : 2);
        CborText.text(out, "FailedRecordCount");
        CborText.head(out, 0, failed);
        CborText.text(out, "Records");
        CborText.head(out, CborScanner.ARRAY, count);
    }

    @Override
    public void stored(ShardNumbers shard, long index, long arrivalMs) {
        CborText.head(out, CborScanner.MAP, 2);
        writePlace(shard, index, arrivalMs);
    }

    @Override
    public void failed(String errorCode, String message) {
        CborText.head(out, CborScanner.MAP, 2);
        CborText.text(out, "ErrorCode");
        CborText.text(out, errorCode);
        CborText.text(out, "ErrorMessage");
        CborText.text(out, message);
    }

    @Override
    void endMany() {
        writeEncryption();
    }

    @Override
    void writeOne(ShardNumbers shard, long index, long arrivalMs) {
        CborText.head(out, CborScanner.MAP, encrypted ? 3 : 2);
        writePlace(shard, index, arrivalMs);
        writeEncryption();
    }

    private void writePlace(ShardNumbers shard, long index, long arrivalMs) {
        CborText.text(out, "SequenceNumber");
        CborText.head(out, CborScanner.TEXT, SequenceDigits.LENGTH);
        shard.write(index, arrivalMs, out);
        CborText.text(out, "ShardId");
        CborText.head(out, CborScanner.TEXT, shard.shardId.length);
        out.put(shard.shardId);
    }

    private void writeEncryption() {
        if (encrypted) {
            CborText.text(out, "EncryptionType");
            CborText.text(out, "KMS");
        }
    }
}
