package io.headrace.client;

import io.headrace.client.bench.BenchCommand;
import io.headrace.client.demo.DemoCommand;
import io.headrace.client.put.PutCommand;
import io.headrace.client.stream.StreamCommand;
import io.headrace.client.tail.TailCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The client side of the {@code headrace} command line; it works against any Kinesis endpoint. */
@Command(
        name = "headrace",
        description = "Streams, records and measurements on any Kinesis endpoint.",
        mixinStandardHelpOptions = true,
        version = "headrace 0.1.0",
        subcommands = {
            StreamCommand.class,
            PutCommand.class,
            TailCommand.class,
            BenchCommand.class,
            DemoCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var line = commandLine(Connector.aws());
        // System.out keeps to itself that nobody reads any more, as behind `head`.
        line.setOut(
                new PrintWriter(
                        new OutputStreamWriter(
                                new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8),
                        true));
        System.exit(line.execute(args));
    }

    /** The command line with clients from the given source; tests give their own. */
    public static CommandLine commandLine(Connector connector) {
        var line = new CommandLine(new Main(), new CommandFactory(connector));
        line.setExecutionExceptionHandler(new Failures());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }
}
