package io.headrace.client.stream;

import io.headrace.client.Connector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ScalingType;

/**
 * {@code headrace stream scale}. One UpdateShardCount goes no further than to half or double the
 * shards, so what is further takes several, each once the one before is done.
 */
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
    String ask(KinesisClient client) throws InterruptedException {
        int before =
                client.describeStreamSummary(request -> request.streamName(stream))
                        .streamDescriptionSummary()
                        .openShardCount();
        int next = before;
        do {
            if (next != before) {
                waiter(client).untilActive(stream);
            }
            next = step(next, count);
            int target = next;
            client.updateShardCount(request ->
                    request.streamName(stream)
                            .targetShardCount(target)
                            .scalingType(ScalingType.UNIFORM_SCALING));
        } while (next != count);
        return "Scaled " + stream + " from " + before + " to " + count + " shards.";
    }

    /** As far as one request goes from {@code open} shards; what is no number is sent as it is. */
    static int step(int open, int count) {
        return count < 1 ? count : (int) Math.clamp((long) count, (open + 1L) / 2, open * 2L);
    }
}
