package io.headrace.client.stream;

import io.headrace.client.CommandFailure;
import io.headrace.client.Connector;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.HashKeyRange;

/** {@code headrace stream split}. */
@Command(name = "split", description = "Split a shard in two.", mixinStandardHelpOptions = true)
final class SplitCommand extends StreamChange {
    @Parameters(index = "1", paramLabel = "SHARD", description = "The shard to split.")
    private String shard = "";

    @Option(
            names = "--at",
            paramLabel = "HASHKEY",
            description = "First hash key of the upper child (default: the middle).")
    private @Nullable BigInteger at;

    SplitCommand(Connector connector) {
        super(connector);
    }

    @Override
    String ask(KinesisClient client) {
        var key = at == null ? middle(rangeOf(client)) : at;
        client.splitShard(request ->
                request.streamName(stream).shardToSplit(shard).newStartingHashKey(key.toString()));
        return "Split " + shard + " at " + key + ".";
    }

    private HashKeyRange rangeOf(KinesisClient client) {
        return StreamView.shards(client, stream).stream()
                .filter(candidate -> candidate.shardId().equals(shard))
                .findFirst()
                .orElseThrow(() -> CommandFailure.refused(stream + " has no shard " + shard))
                .hashKeyRange();
    }

    static BigInteger middle(HashKeyRange range) {
        var low = new BigInteger(range.startingHashKey());
        var high = new BigInteger(range.endingHashKey());
        return low.add(high).add(BigInteger.ONE).shiftRight(1);
    }
}
