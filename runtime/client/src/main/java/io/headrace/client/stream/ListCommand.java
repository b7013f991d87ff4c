package io.headrace.client.stream;

import io.headrace.client.Connector;
import io.headrace.client.EndpointOptions;
import io.headrace.client.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** {@code headrace stream list}. */
@Command(name = "list", description = "List the streams.", mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    private final Connector connector;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private EndpointOptions endpoint = new EndpointOptions();

    @Option(names = "--long", description = "With status, shards and retention.")
    private boolean detailed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ListCommand(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() {
        try (var client = connector.blocking(endpoint)) {
            var out = spec.commandLine().getOut();
            var names = names(client);
            if (json) {
                out.println(
                        JsonText.indented(
                                detailed
                                        ? names.stream().map(n -> StreamView.of(client, n)).toList()
                                        : names));
            } else {
                names.forEach(name -> out.println(detailed ? line(client, name) : name));
            }
            out.flush();
            return 0;
        }
    }

    private static String line(KinesisClient client, String name) {
        var summary =
                client.describeStreamSummary(request -> request.streamName(name))
                        .streamDescriptionSummary();
        return "%-40s %-9s %6d shards %6d h"
                .formatted(
                        name,
                        summary.streamStatusAsString(),
                        summary.openShardCount(),
                        summary.retentionPeriodHours());
    }

    // By the last name seen, not by token: every endpoint since the API's first version knows that.
    private static List<String> names(KinesisClient client) {
        var names = new ArrayList<String>();
        var page = client.listStreams(request -> {});
        names.addAll(page.streamNames());
        while (Boolean.TRUE.equals(page.hasMoreStreams())) {
            page = client.listStreams(request -> request.exclusiveStartStreamName(names.getLast()));
            names.addAll(page.streamNames());
        }
        return names;
    }
}
