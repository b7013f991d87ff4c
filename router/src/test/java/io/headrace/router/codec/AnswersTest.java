package io.headrace.router.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.SequenceNumber;
import io.headrace.store.record.Block;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.record.RecordBatchBuilder;
import io.headrace.store.shard.ReadResult;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswersTest {
    private static final ShardRef SHARD = new ShardRef(17, 1_790_000_000L);

    @Test
    void digitsAreThoseOfTheSequenceNumber() {
        var random = new Random(3);
        var target = new byte[SequenceDigits.LENGTH];
        for (int i = 0; i < 20_000; i++) {
            long created = random.nextLong(1L << 36);
            long arrival = random.nextLong(1L << 36);
            int number = random.nextInt(Integer.MAX_VALUE);
            long index = random.nextLong(Long.MAX_VALUE - 1) >>> random.nextInt(63);
            new SequenceDigits(created, number, arrival).write(index, target, 0);
            assertThat(new String(target, StandardCharsets.US_ASCII))
                    .isEqualTo(SequenceNumber.ofRecord(created, number, index, arrival).toString());
        }
    }

    /** Arrays that were used before, and are longer than asked for. */
    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void aLongAnswerIsTheSameInUsedArrays(WireFormat format) {
        var builder = new RecordBatchBuilder(1 << 20);
        var random = new Random(5);
        for (int i = 0; i < 40; i++) {
            var data = new byte[random.nextInt(90_000)];
            random.nextBytes(data);
            builder.add(new byte[] {'k'}, 0, 1, data, 0, data.length);
        }
        var block = block(builder.build(), 40, 1_790_000_123_045L);
        var answer =
                new RecordsAnswer(
                        SHARD, List.of(new ReadResult.Slice(block, 40, 80)), "AAAA", 0, List.of());
        var taken = new AtomicInteger();
        var inUsed =
                RecordsWriter.write(
                        answer,
                        RecordsWriter.Shape.GET_RECORDS,
                        format,
                        bytes -> {
                            taken.incrementAndGet();
                            var array = new byte[bytes + 100];
                            Arrays.fill(array, (byte) 0x5a);
                            return array;
                        });
        var inFresh = RecordsWriter.write(answer, RecordsWriter.Shape.GET_RECORDS, format);
        assertThat(inUsed.getBytes()).isEqualTo(inFresh.getBytes());
        assertThat(taken.get()).isGreaterThan(2);
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void recordsReadBackAsJacksonReadsThem(WireFormat format) throws IOException {
        var keys = new String[] {"a", "q\"\\\n\u0007", "ключ😀"};
        var builder = new RecordBatchBuilder(100);
        for (int i = 0; i < keys.length; i++) {
            var key = keys[i].getBytes(StandardCharsets.UTF_8);
            builder.add(key, 0, key.length, new byte[] {(byte) i, 2, 3, -1}, 0, i + 1);
        }
        var block = block(builder.build(), 40, 1_790_000_123_045L);
        var answer =
                new RecordsAnswer(
                        SHARD,
                        List.of(new ReadResult.Slice(block.asDecrypted(), 41, 43)),
                        "AAAA",
                        1234,
                        List.of(
                                new ChildShardRef(
                                        "shardId-000000000018", List.of("x", "y"), "0", "99")));
        var read =
                parse(RecordsWriter.write(answer, RecordsWriter.Shape.GET_RECORDS, format), format);
        assertThat(read.get("NextShardIterator").textValue()).isEqualTo("AAAA");
        assertThat(read.get("MillisBehindLatest").intValue()).isEqualTo(1234);
        var child = read.get("ChildShards").get(0);
        assertThat(child.get("ParentShards").get(1).textValue()).isEqualTo("y");
        assertThat(child.get("HashKeyRange").get("EndingHashKey").textValue()).isEqualTo("99");
        assertThat(read.get("Records")).hasSize(2);
        for (int i = 1; i < 3; i++) {
            var record = read.get("Records").get(i - 1);
            assertThat(record.get("PartitionKey").textValue()).isEqualTo(keys[i]);
            assertThat(record.get("Data").binaryValue()).hasSize(i + 1).startsWith(i, 2);
            assertThat(record.get("EncryptionType").textValue()).isEqualTo("KMS");
            assertThat(record.get("SequenceNumber").textValue())
                    .isEqualTo(
                            SequenceNumber.ofRecord(
                                            SHARD.createdSeconds(), 17, 40 + i, 1_790_000_123L)
                                    .toString());
            var arrival = record.get("ApproximateArrivalTimestamp");
            if (format == WireFormat.JSON) {
                assertThat(arrival.asText()).isEqualTo("1.790000123045E9");
            } else {
                assertThat(arrival.longValue()).isEqualTo(1_790_000_123_045L);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void putAnswersReadBack(WireFormat format) throws IOException {
        var numbers = new ShardNumbers(SHARD);
        var many = PutAnswer.many(format, 2, 1, false);
        many.stored(numbers, 5, 1_790_000_000_000L);
        many.failed("ProvisionedThroughputExceededException", "Rate \"exceeded\"");
        var read = parse(many.end(), format);
        assertThat(read.get("FailedRecordCount").intValue()).isEqualTo(1);
        assertThat(read.has("EncryptionType")).isFalse();
        assertThat(read.get("Records").get(0).get("ShardId").textValue())
                .isEqualTo("shardId-000000000017");
        assertThat(read.get("Records").get(1).get("ErrorMessage").textValue())
                .isEqualTo("Rate \"exceeded\"");
        var one = parse(PutAnswer.one(format, numbers, 6, 1_790_000_000_000L, true), format);
        assertThat(one.get("SequenceNumber").textValue())
                .isEqualTo(
                        SequenceNumber.ofRecord(SHARD.createdSeconds(), 17, 6, 1_790_000_000L)
                                .toString());
        assertThat(one.get("EncryptionType").textValue()).isEqualTo("KMS");
    }

    private static JsonNode parse(Buffer buffer, WireFormat format) throws IOException {
        var mapper =
                format == WireFormat.JSON
                        ? new ObjectMapper()
                        : new ObjectMapper(new CBORFactory());
        return mapper.readTree(buffer.getBytes());
    }

    private static Block block(RecordBatch batch, long firstIndex, long arrivalMs) {
        int length = Block.HEADER_BYTES + batch.length();
        var bytes = ByteBuffer.allocate(length);
        bytes.putInt(0, Block.MAGIC).put(4, (byte) Block.VERSION).putInt(12, length);
        bytes.putInt(24, 17)
                .putInt(28, batch.count())
                .putLong(40, firstIndex)
                .putLong(48, arrivalMs);
        bytes.position(Block.HEADER_BYTES);
        batch.copyTo(bytes);
        return Block.trusted(bytes.flip());
    }
}
