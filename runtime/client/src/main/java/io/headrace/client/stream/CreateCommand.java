package io.headrace.client.stream;

import io.headrace.client.Connector;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

/** {@code headrace stream create}. */
@Command(name = "create", description = "Create a stream.", mixinStandardHelpOptions = true)
final class CreateCommand extends StreamChange {
    @Option(names = "--shards", paramLabel = "N", description = "Number of shards (default: 1).")
    private @Nullable Integer shards;

    @Option(names = "--on-demand", description = "Let the endpoint choose the number of shards.")
    private boolean onDemand;

    @Option(names = "--retention", paramLabel = "HOURS", description = "Keep records this long.")
    private @Nullable Integer retentionHours;

    @Option(
            names = "--max-record-size",
            paramLabel = "KIB",
            description = "Largest record, 1024 to 10240 KiB.")
    private @Nullable Integer recordKibMax;

    @Option(names = "--tag", paramLabel = "KEY=VALUE", description = "A tag; may be repeated.")
    private Map<String, String> tags = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "An existing stream is no failure.")
    private boolean ifNotExists;

    CreateCommand(Connector connector) {
        super(connector);
    }

    @Override
    String ask(KinesisClient client) {
        try {
            client.createStream(request -> {
                request.streamName(stream).maxRecordSizeInKiB(recordKibMax);
                if (!tags.isEmpty()) {
                    request.tags(tags);
                }
                if (onDemand) {
                    request.streamModeDetails(m -> m.streamMode(StreamMode.ON_DEMAND));
                }
                if (shards != null || !onDemand) {
                    request.shardCount(shards == null ? 1 : shards);
                }
            });
        } catch (ResourceInUseException e) {
            if (!ifNotExists) {
                throw e;
            }
            return "Stream " + stream + " exists already.";
        }
        return "Created stream " + stream + ".";
    }

    @Override
    void settle(KinesisClient client, StreamWaiter waiter) throws InterruptedException {
        var summary = waiter.untilActive(stream);
        var wished = retentionHours;
        if (wished != null && wished > summary.retentionPeriodHours()) {
            client.increaseStreamRetentionPeriod(
                    request -> request.streamName(stream).retentionPeriodHours(wished));
            waiter.untilActive(stream);
        }
    }
}
