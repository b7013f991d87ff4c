package io.headrace.router.wire;

/**
 * A refusal by the front door itself, under its wire name; refusals of the services below are
 * RefusedException.
 */
public final class WireException extends RuntimeException {
    private final int status;
    private final String type;

    public WireException(int status, String type, String message) {
        super(message);
        this.status = status;
        this.type = type;
    }

    public int status() {
        return status;
    }

    /** The error's name as in {@code __type}, without a namespace. */
    public String type() {
        return type;
    }

    /** The bytes of a request are not what the protocol says. */
    public static WireException serialization(String message) {
        return new WireException(400, "SerializationException", message);
    }
}
