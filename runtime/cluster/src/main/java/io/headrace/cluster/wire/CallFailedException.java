package io.headrace.cluster.wire;

/** A question to another node that was not answered; what it asked for may have happened or not. */
public final class CallFailedException extends RuntimeException {
    private final boolean maybeSent;

    /**
     * @param maybeSent false if the question certainly never left this node
     */
    public CallFailedException(boolean maybeSent, String message) {
        super(message);
        this.maybeSent = maybeSent;
    }

    /** False: the question certainly never left this node. */
    public boolean maybeSent() {
        return maybeSent;
    }
}
