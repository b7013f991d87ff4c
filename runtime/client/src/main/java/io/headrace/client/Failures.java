package io.headrace.client;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** One line for each thing that can go wrong, and the exit status that scripts branch on. */
final class Failures implements CommandLine.IExecutionExceptionHandler {
    static final int REFUSED = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;
    static final int TIMED_OUT = 4;

    @Override
    public int handleExecutionException(
            Exception thrown, CommandLine line, CommandLine.ParseResult parsed) throws Exception {
        var cause = unwrap(thrown);
        if (System.getenv("HEADRACE_DEBUG") != null) {
            cause.printStackTrace(line.getErr());
        }
        CommandSpec spec = line.getCommandSpec();
        return switch (cause) {
            case AwsServiceException refused -> {
                tell(line, spec, describe(refused));
                yield REFUSED;
            }
            case SdkClientException unreachable -> {
                tell(line, spec, rootMessage(unreachable));
                yield UNREACHABLE;
            }
            case CommandFailure failure -> {
                tell(line, spec, failure.getMessage());
                yield failure.exitStatus();
            }
            case NoSuchFileException missing -> {
                tell(line, spec, "no such file: " + missing.getMessage());
                yield USAGE;
            }
            case IOException failed -> {
                tell(line, spec, failed.toString());
                yield REFUSED;
            }
            case Error error -> throw error;
            default -> throw thrown;
        };
    }

    private static void tell(CommandLine line, CommandSpec spec, String message) {
        line.getErr().println(spec.qualifiedName() + ": " + message);
        line.getErr().flush();
    }

    private static String describe(AwsServiceException refused) {
        var details = refused.awsErrorDetails();
        if (details == null || details.errorCode() == null) {
            return String.valueOf(refused.getMessage());
        }
        return details.errorCode() + ": " + details.errorMessage();
    }

    private static String rootMessage(Throwable thrown) {
        var message = String.valueOf(thrown.getMessage());
        var cause = thrown.getCause();
        return cause == null ? message : message + " (" + root(cause) + ")";
    }

    private static Throwable root(Throwable thrown) {
        var cause = thrown.getCause();
        return cause == null ? thrown : root(cause);
    }

    private static Throwable unwrap(Throwable thrown) {
        var cause = thrown.getCause();
        boolean wrapped =
                thrown instanceof CompletionException || thrown instanceof ExecutionException;
        return wrapped && cause != null ? unwrap(cause) : thrown;
    }
}
