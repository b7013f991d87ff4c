package io.headrace.node;

/** The node cannot start, for a reason its operator can do something about. */
public final class NodeStartException extends Exception {
    NodeStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
