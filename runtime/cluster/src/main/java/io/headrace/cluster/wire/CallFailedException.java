package io.headrace.cluster.wire;

/** A question to another node that was not answered; what it asked for may have happened or not. */
public final class CallFailedException extends RuntimeException {
    private final boolean sent;

    CallFailedException(boolean sent, String message, Throwable cause) {
        super(message, cause);
        this.sent = sent;
    }

    CallFailedException(String message) {
        super(message);
        this.sent = true;
    }

    /** False: the question certainly never left this node. */
    public boolean maybeSent() {
        return sent;
    }
}
