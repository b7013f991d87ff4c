package io.headrace.cluster.forward;

import java.time.Duration;

/**
 * Bounds of what is asked of other nodes.
 *
 * @param routeMax how long a request looks for an owner that takes it
 * @param answerMax how long one answer is waited for before it is asked for again
 * @param peerBytes of requests under way to one node
 * @param peerRequests under way to one node
 * @param bytes of appends under way to all shards
 * @param readBytes how much one read asks another node for at most; who wants more reads on
 * @param lease how long a node is told of commits after it last asked to be
 */
public record ForwardSettings(
        Duration routeMax,
        Duration answerMax,
        long peerBytes,
        int peerRequests,
        long bytes,
        int readBytes,
        Duration lease) {
    public static final ForwardSettings DEFAULT =
            new ForwardSettings(
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(7),
                    64L << 20,
                    4096,
                    256L << 20,
                    2 << 20,
                    Duration.ofSeconds(15));
}
