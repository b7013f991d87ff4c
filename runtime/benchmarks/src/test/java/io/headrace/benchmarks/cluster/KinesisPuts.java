package io.headrace.benchmarks.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Requests to put records of random bytes, ready to be sent: to a chosen shard by an explicit hash
 * key, or to any. Unsigned, as a node without credentials takes them.
 */
final class KinesisPuts {
    private final String stream;
    private final boolean isCbor;
    private final int recordBytes;
    private final SplittableRandom random;

    /** Head and body; for one connection at a time. */
    record Prepared(ByteBuffer head, ByteBuffer body, int records) {
        Prepared {
            head = head.asReadOnlyBuffer();
            body = body.asReadOnlyBuffer();
        }
    }

    KinesisPuts(String stream, boolean isCbor, int recordBytes, SplittableRandom random) {
        this.stream = stream;
        this.isCbor = isCbor;
        this.recordBytes = recordBytes;
        this.random = random;
    }

    /** One record to each of these hash keys. */
    Prepared putRecords(URI node, List<BigInteger> hashKeys) {
        return prepared(
                node,
                "PutRecords",
                hashKeys.size(),
                out -> {
                    out.writeStringField("StreamName", stream);
                    out.writeArrayFieldStart("Records");
                    for (var hashKey : hashKeys) {
                        out.writeStartObject();
                        record(out, hashKey);
                        out.writeEndObject();
                    }
                    out.writeEndArray();
                });
    }

    /**
     * @param hashKey where all records go; null to spread them over all shards
     */
    Prepared putRecords(URI node, int count, @Nullable BigInteger hashKey) {
        return prepared(
                node,
                "PutRecords",
                count,
                out -> {
                    out.writeStringField("StreamName", stream);
                    out.writeArrayFieldStart("Records");
                    for (int i = 0; i < count; i++) {
                        out.writeStartObject();
                        record(out, hashKey);
                        out.writeEndObject();
                    }
                    out.writeEndArray();
                });
    }

    Prepared putRecord(URI node, @Nullable BigInteger hashKey) {
        return prepared(
                node,
                "PutRecord",
                1,
                out -> {
                    out.writeStringField("StreamName", stream);
                    record(out, hashKey);
                });
    }

    private void record(JsonGenerator out, @Nullable BigInteger hashKey) throws IOException {
        var data = new byte[recordBytes];
        random.nextBytes(data);
        out.writeBinaryField("Data", data);
        out.writeStringField("PartitionKey", Long.toHexString(random.nextLong()));
        if (hashKey != null) {
            out.writeStringField("ExplicitHashKey", hashKey.toString());
        }
    }

    @FunctionalInterface
    private interface Members {
        void write(JsonGenerator out) throws IOException;
    }

    private Prepared prepared(URI node, String operation, int records, Members members) {
        var bytes = new ByteArrayOutputStream();
        var format = isCbor ? new CBORFactory() : new JsonFactory();
        try (var out = format.createGenerator(bytes)) {
            out.writeStartObject();
            members.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var body = bytes.toByteArray();
        var head =
                "POST / HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/x-amz-%s-1.1\r\nX-Amz-Target: Kinesis_20131202.%s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(
                                node.getHost(),
                                node.getPort(),
                                isCbor ? "cbor" : "json",
                                operation,
                                body.length);
        return new Prepared(
                direct(head.getBytes(StandardCharsets.US_ASCII)), direct(body), records);
    }

    /** Goes to the socket without a copy in between. */
    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
