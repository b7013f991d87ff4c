package io.headrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.headrace.router.codec.PutBody;
import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.HashKey;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.record.RecordBatchBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A PutRecords body of 500 records of 1 KB, from bytes to an encoded batch, beside the bare parse
 * of the limit.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PutCodecBenchmark {
    private static final int RECORDS = 500;

    @Param({"JSON", "CBOR"})
    WireFormat format = WireFormat.JSON;

    private byte[] body = {};

    /** Writes the body as an SDK would. */
    @Setup
    public void write() throws IOException {
        var random = new Random(1);
        var out = new ByteArrayOutputStream();
        var factory = format == WireFormat.JSON ? new JsonFactory() : new CBORFactory();
        try (var generator = factory.createGenerator(out)) {
            generator.writeStartObject();
            generator.writeArrayFieldStart("Records");
            for (int i = 0; i < RECORDS; i++) {
                var data = new byte[1000];
                random.nextBytes(data);
                generator.writeStartObject();
                generator.writeBinaryField("Data", data);
                generator.writeStringField("PartitionKey", "user-" + random.nextInt(100_000));
                generator.writeEndObject();
            }
            generator.writeEndArray();
            generator.writeStringField("StreamName", "clicks");
            generator.writeEndObject();
        }
        body = out.toByteArray();
    }

    /** What the limit does. */
    @Benchmark
    public long bareParse() {
        return BareEndpoint.parse(body, format == WireFormat.CBOR);
    }

    /** What the front door does: scan, hash, encode. */
    @Benchmark
    public RecordBatch scanAndEncode() {
        var put = PutBody.ofPutRecords(RequestBody.of(body), format);
        var md5 = HashKey.newMd5();
        var builder = new RecordBatchBuilder(600_000);
        for (int i = 0; i < put.count(); i++) {
            var key =
                    HashKey.ofPartitionKey(
                            md5, put.keySource(i), put.keyOffset(i), put.keyLength(i));
            if (key.equals(HashKey.MAX)) {
                throw new IllegalStateException("never");
            }
            builder.add(
                    put.keySource(i),
                    put.keyOffset(i),
                    put.keyLength(i),
                    put.dataSource(i),
                    put.dataOffset(i),
                    put.dataLength(i));
        }
        return builder.build();
    }
}
