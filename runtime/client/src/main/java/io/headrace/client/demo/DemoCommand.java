package io.headrace.client.demo;

import io.headrace.client.CommandFailure;
import io.headrace.client.Connector;
import io.headrace.client.EndpointOptions;
import io.headrace.client.Pause;
import io.headrace.client.stream.StreamView;
import io.headrace.client.stream.StreamWaiter;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;

/** {@code headrace demo}. */
@Command(
        name = "demo",
        description = "Start a node, feed a web shop's clicks into a stream, and watch a consumer.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final int PORT = 4566;
    private static final int END_SECONDS_MAX = 30;

    private final Connector connector;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Use a running endpoint instead.")
    private @Nullable URI endpoint;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The node's port (default: 4566, or any free one if that is taken).")
    private @Nullable Integer port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The node's data directory (default: a temporary one, wiped at the end).")
    private @Nullable Path data;

    @Option(names = "--stream", defaultValue = "clickstream", description = "The stream's name.")
    private String stream = "";

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "0",
            description = "End after so many seconds (default: at Ctrl-C).")
    private int seconds;

    @Option(
            names = "--rate",
            paramLabel = "CLICKS",
            defaultValue = "200",
            description = "Clicks a second (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the clicks.")
    private long seed;

    public DemoCommand(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 0 || rate <= 0) {
            throw CommandFailure.usage("--seconds is not negative, --rate positive");
        }
        var ended = new CountDownLatch(1);
        var hook = interruptOnExit(Thread.currentThread(), ended);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            if (endpoint != null) {
                return show(endpoint);
            }
            return withNode();
        } finally {
            ended.countDown();
        }
    }

    private int withNode() throws IOException, InterruptedException {
        var out = spec.commandLine().getOut();
        var directory = data == null ? Files.createTempDirectory("headrace-demo-") : data;
        try (var node = DemoNode.start(port == null ? freePort() : port, directory)) {
            out.println("Starting a node on " + directory + " …");
            out.flush();
            return show(node.endpoint());
        } finally {
            if (data == null) {
                Wiped.wipe(directory);
            }
        }
    }

    private int show(URI at) throws InterruptedException {
        var out = spec.commandLine().getOut();
        var options = new EndpointOptions(at);
        try (var client = connector.blocking(options);
                var pushed = connector.pushed(options)) {
            prepare(client, out);
            tellAddresses(out, at);
            var show = new DemoShow(client, pushed, stream, rate, seed, out);
            return show.run(seconds) ? 0 : 1;
        }
    }

    private void prepare(KinesisClient client, PrintWriter out) throws InterruptedException {
        try {
            client.createStream(request -> request.streamName(stream).shardCount(2));
        } catch (ResourceInUseException e) {
            out.println("The stream " + stream + " is there already: going on with it.");
        }
        new StreamWaiter(client, Pause.REAL, out, Duration.ofMinutes(1)).untilActive(stream);
        out.printf("Stream %s has %d shards.%n", stream, StreamView.shards(client, stream).size());
    }

    private void tellAddresses(PrintWriter out, URI at) {
        out.println();
        out.println("Try meanwhile, from another terminal:");
        out.println("  export AWS_ENDPOINT_URL=" + at + " AWS_REGION=us-east-1");
        out.println("  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test");
        out.println("  aws kinesis describe-stream-summary --stream-name " + stream);
        out.println("  headrace tail " + stream + " --endpoint " + at);
        out.println("  headrace stream split " + stream + " shardId-000000000000 --endpoint " + at);
        if (endpoint == null) {
            out.println("  curl " + at + "/metrics");
        }
        out.println();
        out.flush();
    }

    /** The usual port if it is free: then the addresses are those of the documentation. */
    private static int freePort() {
        try (var probe = new ServerSocket(PORT)) {
            return probe.getLocalPort();
        } catch (IOException e) {
            return 0;
        }
    }

    private static Thread interruptOnExit(Thread showing, CountDownLatch ended) {
        return new Thread(
                () -> {
                    if (ended.getCount() == 0) {
                        return;
                    }
                    showing.interrupt();
                    try {
                        if (!ended.await(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                            System.err.println("headrace demo: did not end in time");
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "end-of-demo");
    }
}
