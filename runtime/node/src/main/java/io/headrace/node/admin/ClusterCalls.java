package io.headrace.node.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.cluster.ClusterAdmin;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Looks at a cluster and moves its shards. Any thread; blocks. */
public final class ClusterCalls {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClusterAdmin cluster;

    public ClusterCalls(ClusterAdmin cluster) {
        this.cluster = cluster;
    }

    /** All nodes with their shards, as JSON. */
    public String status() throws IOException, InterruptedException {
        return await(cluster.status()).json();
    }

    ObjectNode status(JsonNode request) throws IOException, InterruptedException {
        try {
            return AdminService.object().set("Cluster", JSON.readTree(status()));
        } catch (JsonProcessingException e) {
            throw new IOException("no status", e);
        }
    }

    ObjectNode drain(JsonNode request) throws IOException, InterruptedException {
        int shards = await(cluster.drain(AdminService.text(request, "Node")));
        return AdminService.object().put("Shards", shards);
    }

    ObjectNode rebalance(JsonNode request) throws IOException, InterruptedException {
        return AdminService.object().put("Shards", await(cluster.rebalance()));
    }

    private static <T> T await(CompletableFuture<T> done) throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE, "the cluster did not answer: " + e.getCause(), e);
        }
    }
}
