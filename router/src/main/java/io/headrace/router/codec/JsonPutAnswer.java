package io.headrace.router.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** PutRecord and PutRecords answers in AWS JSON 1.1. */
final class JsonPutAnswer extends PutAnswer {
    private static final byte[] SEQUENCE =
            "{\"SequenceNumber\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SHARD = "\",\"ShardId\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\"}".getBytes(StandardCharsets.US_ASCII);

    private boolean first = true;

    JsonPutAnswer(int capacity, boolean encrypted) {
        super(capacity, encrypted);
    }

    @Override
    void beginMany(int count, int failed) {
        out.putAscii("{\"FailedRecordCount\":" + failed + ",\"Records\":[");
    }

    @Override
    public void stored(ShardNumbers shard, long index, long arrivalMs) {
        separate();
        out.put(SEQUENCE);
        shard.write(index, arrivalMs, out);
        out.put(SHARD);
        out.put(shard.shardId);
        out.put(END);
    }

    @Override
    public void failed(String errorCode, String message) {
        separate();
        out.putAscii("{\"ErrorCode\":\"" + errorCode + "\",\"ErrorMessage\":");
        var utf8 = message.getBytes(StandardCharsets.UTF_8);
        JsonText.writeString(out, ByteBuffer.wrap(utf8), 0, utf8.length);
        out.put('}');
    }

    private void separate() {
        if (!first) {
            out.put(',');
        }
        first = false;
    }

    @Override
    void endMany() {
        out.put(']');
        writeEncryption();
        out.put('}');
    }

    @Override
    void writeOne(ShardNumbers shard, long index, long arrivalMs) {
        out.put(SEQUENCE);
        shard.write(index, arrivalMs, out);
        out.put(SHARD);
        out.put(shard.shardId);
        out.put('"');
        writeEncryption();
        out.put('}');
    }

    private void writeEncryption() {
        if (encrypted) {
            out.putAscii(",\"EncryptionType\":\"KMS\"");
        }
    }
}
