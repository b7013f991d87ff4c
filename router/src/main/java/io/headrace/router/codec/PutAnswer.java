package io.headrace.router.codec;

import io.headrace.router.wire.WireFormat;
import io.vertx.core.buffer.Buffer;

/**
 * Writes the answers of PutRecord and PutRecords record by record, in the order of the request. For
 * one thread, one answer.
 */
public abstract sealed class PutAnswer permits JsonPutAnswer, CborPutAnswer {
    final WireBytes out;
    final boolean encrypted;

    PutAnswer(int capacity, boolean encrypted) {
        out = new WireBytes(capacity);
        this.encrypted = encrypted;
    }

    /** Begins a PutRecords answer. */
    public static PutAnswer many(WireFormat format, int count, int failed, boolean encrypted) {
        int capacity = 64 + 140 * count;
        var answer =
                switch (format) {
                    case JSON -> new JsonPutAnswer(capacity, encrypted);
                    case CBOR -> new CborPutAnswer(capacity, encrypted);
                };
        answer.beginMany(count, failed);
        return answer;
    }

    /** The whole PutRecord answer. */
    public static Buffer one(
            WireFormat format, ShardNumbers shard, long index, long arrivalMs, boolean encrypted) {
        var answer =
                switch (format) {
                    case JSON -> new JsonPutAnswer(256, encrypted);
                    case CBOR -> new CborPutAnswer(256, encrypted);
                };
        answer.writeOne(shard, index, arrivalMs);
        return answer.out.toBuffer();
    }

    /** The next record was stored. */
    public abstract void stored(ShardNumbers shard, long index, long arrivalMs);

    /** The next record was not. */
    public abstract void failed(String errorCode, String message);

    /** Ends a PutRecords answer. */
    public final Buffer end() {
        endMany();
        return out.toBuffer();
    }

    abstract void beginMany(int count, int failed);

    abstract void endMany();

    abstract void writeOne(ShardNumbers shard, long index, long arrivalMs);
}
