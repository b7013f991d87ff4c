package io.headrace.client.stream;

import io.headrace.client.Connector;
import io.headrace.client.EndpointOptions;
import io.headrace.client.JsonText;
import io.headrace.client.Pause;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * What the commands about one stream share: its name, the client, waiting, and two ways to print.
 */
abstract class StreamChange implements Callable<Integer> {
    private final Connector connector;

    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin EndpointOptions endpoint = new EndpointOptions();

    @Mixin WaitOptions waiting = new WaitOptions();

    @Parameters(index = "0", paramLabel = "STREAM", description = "Name of the stream.")
    String stream = "";

    @Option(names = "--json", description = "Print the resulting stream as JSON.")
    boolean json;

    StreamChange(Connector connector) {
        this.connector = connector;
    }

    /** Asks for the change; returns what to say about it. */
    abstract String ask(KinesisClient client) throws InterruptedException;

    @Override
    public Integer call() throws InterruptedException {
        try (var client = connector.blocking(endpoint)) {
            var said = ask(client);
            if (!waiting.noWait) {
                settle(client, waiter(client));
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(json ? JsonText.indented(view(client)) : said);
            out.flush();
            return 0;
        }
    }

    StreamWaiter waiter(KinesisClient client) {
        PrintWriter err = spec.commandLine().getErr();
        var timeout = Duration.ofSeconds(waiting.timeoutSeconds);
        return new StreamWaiter(client, Pause.REAL, err, timeout);
    }

    Map<String, Object> view(KinesisClient client) {
        return StreamView.of(client, stream);
    }

    void settle(KinesisClient client, StreamWaiter waiter) throws InterruptedException {
        waiter.untilActive(stream);
    }
}
