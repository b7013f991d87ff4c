package io.headrace.benchmarks.cluster;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Says over which connections which records go where. */
final class Routes {
    /** Distinct requests of a connection: enough to differ, few enough to be prepared quickly. */
    private static final int REQUESTS = 3;

    private final BenchCluster cluster;
    private final int shards;
    private final int connections;
    private final Map<Integer, BigInteger> hashKeys;
    private Map<Integer, Integer> owners = Map.of();

    Routes(BenchCluster cluster, int shards, int connections) {
        this.cluster = cluster;
        this.shards = shards;
        this.connections = connections;
        this.hashKeys = cluster.hashKeys(BenchCluster.STREAM);
    }

    /** Before {@link Way#OWNER} and {@link Way#OTHER}; again once shards moved. */
    void learnOwners() throws IOException, InterruptedException {
        owners = cluster.ownersOfOneStream(0);
    }

    List<PutLoad.Route> of(Way way, boolean isCbor) {
        var routes = new ArrayList<PutLoad.Route>();
        for (int i = 0; i < connections; i++) {
            int nodes = cluster.nodes().size();
            int shard = i % shards;
            routes.add(
                    switch (way) {
                        case ANY -> route(i % nodes, null, isCbor, i);
                        case ONE -> route(0, null, isCbor, i);
                        case OWNER -> route(owner(shard), shard, isCbor, i);
                        case OTHER -> route(other(owner(shard), i, nodes), shard, isCbor, i);
                    });
        }
        return routes;
    }

    private int owner(int shard) {
        var owner = owners.get(shard);
        if (owner == null) {
            throw new IllegalStateException("no node owns shard " + shard);
        }
        return owner;
    }

    /** Not the owner, the others alike. */
    static int other(int owner, int turn, int nodes) {
        if (nodes < 2) {
            throw new IllegalArgumentException("there is no other node");
        }
        return (owner + 1 + turn % (nodes - 1)) % nodes;
    }

    private PutLoad.Route route(int node, @Nullable Integer shard, boolean isCbor, int seed) {
        URI endpoint = cluster.node(node).endpoint();
        var puts =
                new KinesisPuts(
                        BenchCluster.STREAM,
                        isCbor,
                        ScaleBench.RECORD_BYTES,
                        new SplittableRandom(seed));
        var prepared = new ArrayList<KinesisPuts.Prepared>();
        for (int i = 0; i < REQUESTS; i++) {
            prepared.add(
                    puts.putRecords(
                            endpoint,
                            ScaleBench.RECORDS,
                            shard == null ? null : hashKeys.get(shard)));
        }
        return new PutLoad.Route(endpoint, prepared);
    }
}
