package io.headrace.client.tail;

import io.headrace.client.CommandFailure;
import io.headrace.client.Connector;
import io.headrace.client.EndpointOptions;
import io.headrace.client.Pause;
import io.headrace.client.stream.StreamView;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** {@code headrace tail}. */
@Command(
        name = "tail",
        description = "Print a stream's records as they come, through splits and merges.",
        mixinStandardHelpOptions = true)
public final class TailCommand implements Callable<Integer> {
    private static final int END_SECONDS_MAX = 10;

    private final Connector connector;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private EndpointOptions endpoint = new EndpointOptions();

    @Parameters(index = "0", paramLabel = "STREAM", description = "Name of the stream.")
    private String stream = "";

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            defaultValue = "latest",
            description =
                    "trim-horizon, latest, or a time: ISO-8601 or epoch seconds (default:"
                            + " ${DEFAULT-VALUE}).")
    private String from = "latest";

    @Option(
            names = "--format",
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RecordPrinter.Format format = RecordPrinter.Format.TEXT;

    @Option(
            names = "--consumer",
            paramLabel = "NAME",
            description =
                    "Get records pushed (SubscribeToShard) as this consumer; it is registered for"
                            + " the while if there is none.")
    private @Nullable String consumer;

    @Option(names = "--limit", paramLabel = "N", description = "End after so many records.")
    private long recordsMax = Long.MAX_VALUE;

    @Option(names = "--until-caught-up", description = "End when all there is has been printed.")
    private boolean untilCaughtUp;

    @Option(
            names = "--page",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Most records in one GetRecords (default: ${DEFAULT-VALUE}).")
    private int page;

    public TailCommand(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() throws InterruptedException {
        From place;
        try {
            place = From.parse(from);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--from: " + e.getMessage());
        }
        if (recordsMax < 1) {
            throw CommandFailure.usage("--limit is at least 1");
        }
        var printer = new RecordPrinter(spec.commandLine().getOut(), format, recordsMax);
        var ended = new CountDownLatch(1);
        var hook = interruptOnExit(Thread.currentThread(), ended);
        Runtime.getRuntime().addShutdownHook(hook);
        try (var client = connector.blocking(endpoint)) {
            if (consumer == null) {
                var reader = new PollingReader(client, stream, page, Pause.REAL);
                tail(client, reader).run(place, printer);
            } else {
                fanOut(client, consumer, place, printer);
            }
            return 0;
        } catch (InterruptedException e) {
            // Ctrl-C: the JVM is on its way out and its exit status is set; all there is to do is
            // leave quietly, with the consumer released.
            return 130;
        } finally {
            ended.countDown();
            removeQuietly(hook);
        }
    }

    private StreamTail tail(KinesisClient client, ShardReader reader) {
        return new StreamTail(reader, () -> StreamView.shards(client, stream), untilCaughtUp);
    }

    private void fanOut(KinesisClient client, String name, From place, Sink sink)
            throws InterruptedException {
        var registered = Consumer.ready(client, stream, name, Pause.REAL);
        try (var pushed = connector.pushed(endpoint)) {
            tail(client, new FanOutReader(pushed, registered.arn(), Pause.REAL)).run(place, sink);
        } finally {
            registered.release(client);
        }
    }

    private static Thread interruptOnExit(Thread tailing, CountDownLatch ended) {
        return new Thread(
                () -> {
                    tailing.interrupt();
                    try {
                        // The JVM halts when its hooks return: give the tail time to leave.
                        if (!ended.await(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                            System.err.println("headrace tail: did not end in time");
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "end-of-tail");
    }

    private static void removeQuietly(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is shutting down already, so the hook is running: that is what it is for.
            return;
        }
    }
}
