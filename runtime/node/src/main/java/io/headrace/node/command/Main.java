package io.headrace.node.command;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The commands that run where the data is. Built in code, without annotations, because reflection
 * over them would cost start time, and the options of settings come from their list.
 */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Thread.setDefaultUncaughtExceptionHandler(new UncaughtLog());
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        var root = CommandSpec.create().name("headrace");
        root.usageMessage().description("Event streams, kept and carried.");
        root.addOption(help());
        root.addSubcommand("serve", ServeCommand.spec());
        root.addSubcommand("config", ConfigCommand.spec());
        root.addSubcommand("store", StoreCommand.spec());
        root.addSubcommand("consumer", ConsumerCommand.spec());
        root.addSubcommand("backup", BackupCommand.spec());
        root.addSubcommand("restore", RestoreCommand.spec());
        root.addSubcommand("train", TrainCommand.spec());
        var commandLine = new CommandLine(root);
        commandLine.setExecutionStrategy(new CommandLine.RunLast());
        return commandLine;
    }

    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this and exits.")
                .build();
    }
}
