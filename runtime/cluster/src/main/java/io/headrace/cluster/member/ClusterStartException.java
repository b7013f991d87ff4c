package io.headrace.cluster.member;

/** This node cannot take part in the cluster; the message says why, for the operator. */
public final class ClusterStartException extends RuntimeException {
    public ClusterStartException(String message) {
        super(message);
    }

    public ClusterStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
