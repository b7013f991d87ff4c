package io.headrace.client.stream;

import picocli.CommandLine.Command;

/** Groups the commands about streams. */
@Command(
        name = "stream",
        description = "Create, look at and reshape streams.",
        mixinStandardHelpOptions = true,
        subcommands = {
            CreateCommand.class,
            ListCommand.class,
            DescribeCommand.class,
            DeleteCommand.class,
            SplitCommand.class,
            MergeCommand.class,
            ScaleCommand.class
        })
public final class StreamCommand {}
