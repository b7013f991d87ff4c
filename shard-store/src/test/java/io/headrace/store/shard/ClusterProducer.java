package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.AppendResult.Closed;
import io.headrace.store.shard.AppendResult.Committed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends numbered records to whichever node it thinks of, one append after the other, but gives up
 * waiting at some time; never sends a record twice. For the driver.
 */
final class ClusterProducer {
    private static final int WAITS_STEPS_MAX = 400;

    private final SimulatedCluster cluster;
    private final String name;
    private final Map<ShardModel, Long> lastIndex = new HashMap<>();
    private int sent;
    private int pending;
    private long pendingSince;
    int acknowledged;

    ClusterProducer(SimulatedCluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    void append(SimulatedNode node, ShardModel model) {
        long step = cluster.scheduler.steps();
        if (pending > 0 && step - pendingSince < WAITS_STEPS_MAX) {
            return;
        }
        pendingSince = step;
        pending = sent + 1;
        int number = pending;
        var records = new ArrayList<String>();
        var data = new byte[1 + cluster.random.nextInt(3)][];
        for (int i = 0; i < data.length; i++) {
            var record = name + "-" + ++sent + "-" + "x".repeat(cluster.random.nextInt(90));
            records.add(record);
            data[i] = record.getBytes(StandardCharsets.US_ASCII);
        }
        long above = lastIndex.getOrDefault(model, -1L);
        var batch = TestBlocks.batch(data);
        node.call(
                "is sent " + number + " of " + name,
                engine -> engine.shards().append(model.key, batch),
                (result, failure) -> {
                    pending = pending == number ? 0 : pending;
                    answered(model, records, above, result, failure);
                });
    }

    private void answered(
            ShardModel model,
            List<String> records,
            long above,
            @Nullable AppendResult result,
            @Nullable Throwable failure) {
        if (result instanceof Committed(long firstIndex, long arrivalMs)) {
            model.acknowledged(records, firstIndex, arrivalMs, above);
            lastIndex.merge(model, firstIndex + records.size() - 1, Math::max);
            acknowledged++;
        } else if (result instanceof Closed) {
            Promise.CLOSED_STAYS_CLOSED.require(
                    cluster.closing.contains(model.key), "an open shard says closed");
            model.refused(records);
        } else if (Observations.codeOf(failure) != ErrorCode.INTERNAL_FAILURE) {
            model.refused(records);
        }
    }
}
