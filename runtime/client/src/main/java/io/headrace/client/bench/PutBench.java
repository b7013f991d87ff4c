package io.headrace.client.bench;

import io.headrace.client.CommandFailure;
import io.headrace.client.Connector;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace bench put}. */
@Command(
        name = "put",
        description =
                "How many records are accepted, and how fast: PutRecords, or PutRecord with --batch 1.",
        mixinStandardHelpOptions = true)
final class PutBench implements Callable<Integer> {
    private final Connector connector;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private BenchOptions options = new BenchOptions();

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "500",
            description = "Records in a request (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--rate",
            paramLabel = "RECORDS",
            defaultValue = "0",
            description =
                    "Records a second in all, latency counted from when each was due; 0 is as fast as"
                            + " it goes (default).")
    private double rate;

    PutBench(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        if (batch < 1 || batch > 500) {
            throw CommandFailure.usage("--batch is 1 to 500");
        }
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        try (var client = connector.blocking(options.endpoint);
                var stream = BenchStream.ready(client, options, err);
                var load = new PutLoad(options, batch, rate)) {
            int shards = stream.openShards().size();
            load.start();
            load.await(options.warmUpSeconds);
            var cpu = CpuSeconds.now(options.serverPid);
            load.reset();
            long begin = System.nanoTime();
            load.await(options.seconds);
            double seconds = (System.nanoTime() - begin) / 1e9;
            long records = load.records();
            var used = CpuSeconds.now(options.serverPid).since(cpu);
            options.report("put")
                    .set("shards", shards)
                    .set("batch", batch)
                    .set("rate", rate)
                    .throughput(records, records * options.size, seconds)
                    .set("requests", load.requests())
                    .set("refusedRecords", load.refused())
                    .latency("latencyMs", load.latencies())
                    .cpu(used, records)
                    .print(out, options.jsonOnly);
            load.stop();
        }
        return 0;
    }
}
