package io.headrace.client.stream;

import io.headrace.client.Connector;
import io.headrace.client.EndpointOptions;
import io.headrace.client.JsonText;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** {@code headrace stream describe}. */
@Command(
        name = "describe",
        description = "Show a stream and its shards.",
        mixinStandardHelpOptions = true)
final class DescribeCommand implements Callable<Integer> {
    private static final BigInteger KEYS = BigInteger.ONE.shiftLeft(128);

    private final Connector connector;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private EndpointOptions endpoint = new EndpointOptions();

    @Parameters(index = "0", paramLabel = "STREAM", description = "Name of the stream.")
    private String stream = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    DescribeCommand(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() {
        try (var client = connector.blocking(endpoint)) {
            var out = spec.commandLine().getOut();
            if (json) {
                out.println(JsonText.indented(StreamView.of(client, stream)));
            } else {
                print(client, out);
            }
            out.flush();
            return 0;
        }
    }

    private void print(KinesisClient client, PrintWriter out) {
        var summary =
                client.describeStreamSummary(request -> request.streamName(stream))
                        .streamDescriptionSummary();
        StreamView.of(summary).forEach((name, value) -> out.printf("%-26s%s%n", name, value));
        out.println();
        out.printf("%-24s%-8s%8s  %s%n", "shard", "state", "keys", "parents");
        for (var shard : StreamView.shards(client, stream)) {
            out.printf(
                    "%-24s%-8s%8s  %s%n",
                    shard.shardId(),
                    StreamView.isOpen(shard) ? "open" : "closed",
                    share(shard),
                    parents(shard));
        }
    }

    private static String share(Shard shard) {
        var range = shard.hashKeyRange();
        var width =
                new BigInteger(range.endingHashKey())
                        .subtract(new BigInteger(range.startingHashKey()))
                        .add(BigInteger.ONE);
        double percent =
                width.multiply(BigInteger.valueOf(10_000)).divide(KEYS).doubleValue() / 100;
        return String.format(Locale.ROOT, "%.2f%%", percent);
    }

    private static String parents(Shard shard) {
        if (shard.parentShardId() == null) {
            return "";
        }
        return shard.adjacentParentShardId() == null
                ? shard.parentShardId()
                : shard.parentShardId() + " " + shard.adjacentParentShardId();
    }
}
