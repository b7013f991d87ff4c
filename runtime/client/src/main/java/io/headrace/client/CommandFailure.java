package io.headrace.client;

/**
 * A command cannot do what it was asked to; the message is for a person, the status for a script.
 */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitStatus;

    private CommandFailure(int exitStatus, String message) {
        super(message);
        this.exitStatus = exitStatus;
    }

    public static CommandFailure refused(String message) {
        return new CommandFailure(Failures.REFUSED, message);
    }

    public static CommandFailure usage(String message) {
        return new CommandFailure(Failures.USAGE, message);
    }

    public static CommandFailure timedOut(String message) {
        return new CommandFailure(Failures.TIMED_OUT, message);
    }

    public int exitStatus() {
        return exitStatus;
    }

    @Override
    public String getMessage() {
        var message = super.getMessage();
        return message == null ? "" : message;
    }
}
