package io.headrace.node.command;

import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** A command of an operator: what goes wrong becomes one line and exit code 1. */
final class Operator implements Callable<Integer> {
    /** As the client's commands have it. */
    private static final int UNREACHABLE = 3;

    private final CommandSpec spec;
    private final Work work;

    /** What the command does; its exit code. */
    @FunctionalInterface
    interface Work {
        int run(CommandLine line) throws IOException, InterruptedException;
    }

    private Operator(String description, Work work) {
        this.spec = CommandSpec.wrapWithoutInspection(this);
        this.work = work;
        spec.usageMessage().description(description).sortOptions(false);
        spec.addOption(Main.help());
    }

    static CommandSpec command(String description, Work work) {
        return new Operator(description, work).spec;
    }

    /** A command that only holds others. */
    static CommandSpec group(String description) {
        return command(
                description,
                line -> {
                    line.usage(line.getOut());
                    return CommandLine.ExitCode.USAGE;
                });
    }

    @Override
    public Integer call() throws InterruptedException {
        var line = spec.commandLine();
        try {
            return work.run(line);
        } catch (ConnectException e) {
            line.getErr().println(spec.qualifiedName() + ": " + e.getMessage());
            return UNREACHABLE;
        } catch (IOException e) {
            var message = e.getMessage();
            line.getErr()
                    .println(
                            "headrace "
                                    + spec.qualifiedName().replaceFirst("^headrace ", "")
                                    + ": "
                                    + (message == null ? e.toString() : message));
            return CommandLine.ExitCode.SOFTWARE;
        } finally {
            line.getOut().flush();
            line.getErr().flush();
        }
    }
}
