package io.headrace.cluster.wire;

import java.util.UUID;

/** Nobody in the cluster has this id (any more). */
public final class UnknownNodeException extends RuntimeException {
    public UnknownNodeException(UUID node) {
        super("no member has the node id " + node);
    }
}
