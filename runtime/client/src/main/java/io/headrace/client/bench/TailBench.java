package io.headrace.client.bench;

import io.headrace.client.CommandFailure;
import io.headrace.client.Connector;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** {@code headrace bench tail}. */
@Command(
        name = "tail",
        description = "How well consumers keep up: GetRecords at the tail while records are put.",
        mixinStandardHelpOptions = true)
final class TailBench implements Callable<Integer> {
    private final Connector connector;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private BenchOptions options = new BenchOptions();

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "500",
            description = "Records in a request.")
    private int batch;

    @Option(
            names = "--rate",
            paramLabel = "RECORDS",
            defaultValue = "0",
            description = "Records put a second in all; 0 is as fast as it goes (default).")
    private double rate;

    @Option(
            names = "--consumers",
            paramLabel = "N",
            defaultValue = "2",
            description = "How often each shard is read at once (default: ${DEFAULT-VALUE}).")
    private int consumers;

    TailBench(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        if (batch < 1 || batch > 500 || consumers < 1) {
            throw CommandFailure.usage("--batch is 1 to 500, --consumers at least 1");
        }
        try (var client = connector.blocking(options.endpoint);
                var stream = BenchStream.ready(client, options, spec.commandLine().getErr());
                var reads = new ReadLoad(options);
                var puts = new PutLoad(options, batch, rate)) {
            for (int i = 0; i < consumers; i++) {
                reads.start(
                        Iterators.of(client, stream, options.stream, ShardIteratorType.LATEST),
                        false);
            }
            puts.start();
            puts.await(options.warmUpSeconds);
            var cpu = CpuSeconds.now(options.serverPid);
            puts.reset();
            reads.reset();
            long begin = System.nanoTime();
            puts.await(options.seconds);
            double seconds = (System.nanoTime() - begin) / 1e9;
            long put = puts.records();
            long read = reads.records();
            var used = CpuSeconds.now(options.serverPid).since(cpu);
            options.report("tail")
                    .set("consumers", consumers)
                    .set("putRecordsPerSecond", Math.round(put / seconds))
                    .throughput(read, read * options.size, seconds)
                    .set("readPerPut", Math.round(100.0 * read / Math.max(put, 1)) / 100.0)
                    .latency("putMs", puts.latencies())
                    .latency("readRequestMs", reads.latencies())
                    .cpu(used, put + read)
                    .print(spec.commandLine().getOut(), options.jsonOnly);
            puts.stop();
            reads.stop();
        }
        return 0;
    }
}
