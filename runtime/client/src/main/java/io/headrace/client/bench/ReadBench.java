package io.headrace.client.bench;

import io.headrace.client.Connector;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** {@code headrace bench read}. */
@Command(
        name = "read",
        description =
                "How fast a consumer catches up: GetRecords from the oldest record to the newest.",
        mixinStandardHelpOptions = true)
final class ReadBench implements Callable<Integer> {
    private static final int FILL_BATCH = 500;

    private final Connector connector;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private BenchOptions options = new BenchOptions();

    @Option(
            names = "--fill",
            paramLabel = "RECORDS",
            defaultValue = "0",
            description = "Put so many records first (default: read what there is).")
    private long fill;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Read everything so many times (default: ${DEFAULT-VALUE}).")
    private int repeat;

    ReadBench(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        var err = spec.commandLine().getErr();
        try (var client = connector.blocking(options.endpoint);
                var stream = BenchStream.ready(client, options, err)) {
            fill();
            for (int round = 0; round < repeat; round++) {
                read(client, stream);
            }
        }
        return 0;
    }

    private void fill() throws InterruptedException {
        if (fill <= 0) {
            return;
        }
        try (var load = new PutLoad(options, FILL_BATCH, 0)) {
            load.start();
            while (load.records() < fill) {
                load.await(0.02);
            }
            load.stop();
            spec.commandLine().getErr().printf("put %,d records%n", load.records());
            spec.commandLine().getErr().flush();
        }
    }

    private void read(KinesisClient client, BenchStream stream) throws InterruptedException {
        var iterators =
                Iterators.of(client, stream, options.stream, ShardIteratorType.TRIM_HORIZON);
        try (var load = new ReadLoad(options)) {
            var cpu = CpuSeconds.now(options.serverPid);
            long begin = System.nanoTime();
            load.start(iterators, true);
            load.join();
            double seconds = (System.nanoTime() - begin) / 1e9;
            var used = CpuSeconds.now(options.serverPid).since(cpu);
            options.report("read")
                    .set("shards", iterators.size())
                    .throughput(load.records(), load.records() * options.size, seconds)
                    .set("wireBytes", load.bytes())
                    .set("requests", load.requests())
                    .latency("requestMs", load.latencies())
                    .cpu(used, load.records())
                    .print(spec.commandLine().getOut(), options.jsonOnly);
        }
    }
}
