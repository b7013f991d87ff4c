package io.headrace.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headrace.cluster.member.Announcement;
import java.util.List;
import java.util.Map;

/** The cluster for people, as its nodes tell: {@code GET /cluster}. */
public record ClusterStatus(List<Node> nodes) {
    public ClusterStatus {
        nodes = List.copyOf(nodes);
    }

    /**
     * A node.
     *
     * @param state {@code STARTING}, {@code READY}, {@code DRAINING}
     * @param isAnswering whether it answered in time; else {@code shards} is empty
     * @param hotTierBytes what it holds of the tier that all nodes share
     */
    public record Node(
            String id,
            String name,
            String state,
            boolean isAnswering,
            String journalId,
            String release,
            Map<String, String> addresses,
            long hotTierBytes,
            List<Shard> shards) {
        public Node {
            addresses = Map.copyOf(addresses);
            shards = List.copyOf(shards);
        }

        static Node of(Announcement node, long hotTierBytes, List<Shard> shards) {
            return new Node(
                    node.node().toString(),
                    node.name(),
                    node.state().name(),
                    true,
                    node.journalId(),
                    node.release(),
                    node.addresses(),
                    hotTierBytes,
                    shards);
        }

        static Node silent(Announcement node) {
            return new Node(
                    node.node().toString(),
                    node.name(),
                    node.state().name(),
                    false,
                    node.journalId(),
                    node.release(),
                    node.addresses(),
                    0,
                    List.of());
        }
    }

    /**
     * A shard that a node owns.
     *
     * @param shard {@code <stream id>/<number>}
     * @param journaledBytes in no segment yet: the shard's lag
     * @param isPlacedHere false if another node should own it
     */
    public record Shard(
            String shard,
            long epoch,
            long nextIndex,
            long lastArrivalMs,
            long journaledBytes,
            boolean isPlacedHere) {
        static Shard of(Ownership.Owned owned, boolean isPlacedHere) {
            return new Shard(
                    owned.shard().toString(),
                    owned.epoch(),
                    owned.nextIndex(),
                    owned.lastArrivalMs(),
                    owned.journaledBytes(),
                    isPlacedHere);
        }
    }

    /** As {@code GET /cluster} answers it. */
    public String json() {
        try {
            return JsonMapper.builder().build().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status cannot be written", e);
        }
    }
}
