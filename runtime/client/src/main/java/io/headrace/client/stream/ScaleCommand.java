package io.headrace.client.stream;

import io.headrace.client.Connector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ScalingType;

/** {@code headrace stream scale}. */
@Command(
        name = "scale",
        description = "Give a stream another number of shards, evenly divided.",
        mixinStandardHelpOptions = true)
final class ScaleCommand extends StreamChange {
    @Parameters(index = "1", paramLabel = "COUNT", description = "The new number of open shards.")
    private int count;

    ScaleCommand(Connector connector) {
        super(connector);
    }

    @Override
    String ask(KinesisClient client) {
        var answer =
                client.updateShardCount(request ->
                        request.streamName(stream)
                                .targetShardCount(count)
                                .scalingType(ScalingType.UNIFORM_SCALING));
        return "Scaled "
                + stream
                + " from "
                + answer.currentShardCount()
                + " to "
                + answer.targetShardCount()
                + " shards.";
    }
}
