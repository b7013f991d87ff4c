package io.headrace.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headrace.store.record.Block;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.record.RecordBatchBuilder;
import java.util.ArrayList;
import java.util.List;

/** Records as texts. */
public final class Batches {
    private Batches() {}

    public static RecordBatch of(String... texts) {
        var builder = new RecordBatchBuilder(64);
        for (var text : texts) {
            var data = text.getBytes(UTF_8);
            builder.add(new byte[] {'k'}, 0, 1, data, 0, data.length);
        }
        return builder.build();
    }

    public static List<String> texts(Block block) {
        var texts = new ArrayList<String>();
        var records = block.records();
        while (records.next()) {
            var data = new byte[records.dataLength()];
            records.bytes().get(records.dataOffset(), data);
            texts.add(new String(data, UTF_8));
        }
        return texts;
    }
}
