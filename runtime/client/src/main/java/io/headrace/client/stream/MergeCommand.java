package io.headrace.client.stream;

import io.headrace.client.Connector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** {@code headrace stream merge}. */
@Command(
        name = "merge",
        description = "Merge two neighbouring shards.",
        mixinStandardHelpOptions = true)
final class MergeCommand extends StreamChange {
    @Parameters(index = "1", paramLabel = "SHARD", description = "The one shard.")
    private String shard = "";

    @Parameters(index = "2", paramLabel = "NEIGHBOUR", description = "The shard next to it.")
    private String neighbour = "";

    MergeCommand(Connector connector) {
        super(connector);
    }

    @Override
    String ask(KinesisClient client) {
        client.mergeShards(request ->
                request.streamName(stream).shardToMerge(shard).adjacentShardToMerge(neighbour));
        return "Merged " + shard + " and " + neighbour + ".";
    }
}
