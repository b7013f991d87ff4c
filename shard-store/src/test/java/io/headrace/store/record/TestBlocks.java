package io.headrace.store.record;

import io.headrace.store.ShardKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Blocks with content to tell them apart. */
public final class TestBlocks {
    public static final ShardKey SHARD = new ShardKey(0x0123_4567_89ab_cdefL, 7);

    private TestBlocks() {}

    /** Records of the given data, partition keys {@code key-0, key-1, ...}. */
    public static RecordBatch batch(byte[]... data) {
        var builder = new RecordBatchBuilder(64);
        for (int i = 0; i < data.length; i++) {
            var key = ("key-" + i).getBytes(StandardCharsets.UTF_8);
            builder.add(key, 0, key.length, data[i], 0, data[i].length);
        }
        return builder.build();
    }

    public static Block block(RecordBatch batch, long epoch, long firstIndex, long arrivalMs) {
        var builder = new BlockBuilder(batch.length());
        builder.add(batch);
        return builder.seal(SHARD, epoch, firstIndex, arrivalMs);
    }

    /** A run of blocks as a shard would have it: contiguous, arrivals never going back. */
    public static List<Block> run(
            RandomGenerator random, int count, int recordsMax, int dataBytesMax) {
        var blocks = new ArrayList<Block>();
        long index = random.nextInt(1000);
        long arrival = 1_700_000_000_000L;
        for (int i = 0; i < count; i++) {
            var data = new byte[1 + random.nextInt(recordsMax)][];
            for (int j = 0; j < data.length; j++) {
                data[j] = clicks(random, random.nextInt(dataBytesMax + 1));
            }
            blocks.add(block(batch(data), 3, index, arrival));
            index += data.length;
            arrival += random.nextInt(3);
        }
        return blocks;
    }

    /** Text that shrinks as a clickstream does. */
    public static byte[] clicks(RandomGenerator random, int length) {
        var text = new StringBuilder(length + 100);
        while (text.length() < length) {
            text.append("{\"user\":\"u-")
                    .append(random.nextInt(100_000))
                    .append("\",\"page\":\"/product/")
                    .append(random.nextInt(5_000))
                    .append("\",\"ms\":")
                    .append(random.nextInt())
                    .append("}\n");
        }
        return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }
}
