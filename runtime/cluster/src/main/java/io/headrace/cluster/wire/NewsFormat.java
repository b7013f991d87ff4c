package io.headrace.cluster.wire;

import io.headrace.store.stream.ShardLoad;
import io.headrace.store.stream.ShardSpend;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of what nodes count by themselves: a count of rows, then each shard and its numbers.
 */
final class NewsFormat {
    private NewsFormat() {}

    static void writeSpends(List<ShardSpend> spends, MessageBuffer out) {
        out.putInt(spends.size());
        for (var spend : spends) {
            out.putShard(spend.shard());
            out.putLong(spend.records());
            out.putLong(spend.bytes());
            out.putLong(spend.reads());
            out.putLong(spend.iterators());
            out.putLong(spend.readBytes());
        }
    }

    static List<ShardSpend> readSpends(ByteBuffer in) {
        int count = in.getInt();
        var spends = new ArrayList<ShardSpend>();
        for (int i = 0; i < count; i++) {
            spends.add(
                    new ShardSpend(
                            MessageFormat.shard(in),
                            in.getLong(),
                            in.getLong(),
                            in.getLong(),
                            in.getLong(),
                            in.getLong()));
        }
        return spends;
    }

    static void writeLoads(List<ShardLoad> loads, MessageBuffer out) {
        out.putInt(loads.size());
        for (var load : loads) {
            out.putShard(load.shard());
            out.putLong(load.records());
            out.putLong(load.lowerBytes());
            out.putLong(load.upperBytes());
        }
    }

    static List<ShardLoad> readLoads(ByteBuffer in) {
        int count = in.getInt();
        var loads = new ArrayList<ShardLoad>();
        for (int i = 0; i < count; i++) {
            loads.add(
                    new ShardLoad(
                            MessageFormat.shard(in), in.getLong(), in.getLong(), in.getLong()));
        }
        return loads;
    }
}
