package io.headrace.client.bench;

import picocli.CommandLine.Command;

/** Groups the measurements. */
@Command(
        name = "bench",
        description = "Put load on an endpoint and measure.",
        mixinStandardHelpOptions = true,
        subcommands = {
            PutBench.class,
            ReadBench.class,
            TailBench.class,
            DeliverBench.class,
            DiskBench.class
        })
public final class BenchCommand {}
