package io.headrace.client.stream;

import io.headrace.client.Connector;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** {@code headrace stream delete}. */
@Command(
        name = "delete",
        description = "Delete a stream and all its records.",
        mixinStandardHelpOptions = true)
final class DeleteCommand extends StreamChange {
    @Option(names = "--with-consumers", description = "Also if consumers are registered.")
    private boolean withConsumers;

    DeleteCommand(Connector connector) {
        super(connector);
    }

    @Override
    String ask(KinesisClient client) {
        client.deleteStream(request -> {
            request.streamName(stream);
            if (withConsumers) {
                request.enforceConsumerDeletion(true);
            }
        });
        return "Deleted stream " + stream + ".";
    }

    @Override
    void settle(KinesisClient client, StreamWaiter waiter) throws InterruptedException {
        waiter.untilGone(stream);
    }

    @Override
    Map<String, Object> view(KinesisClient client) {
        return Map.of("StreamName", stream, "Deleted", true);
    }
}
