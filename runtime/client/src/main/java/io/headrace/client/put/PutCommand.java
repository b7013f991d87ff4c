package io.headrace.client.put;

import io.headrace.client.CommandFailure;
import io.headrace.client.Connector;
import io.headrace.client.EndpointOptions;
import io.headrace.client.JsonText;
import io.headrace.client.Pause;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/** {@code headrace put}. */
@Command(
        name = "put",
        description =
                "Put records: one for each argument, or for each line of files or of standard input.",
        mixinStandardHelpOptions = true)
public final class PutCommand implements Callable<Integer> {
    // What every endpoint takes in one request; the newest take 10 MiB.
    private static final int BATCH_BYTES_MAX = 4_500_000;

    private final Connector connector;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private EndpointOptions endpoint = new EndpointOptions();

    @Parameters(index = "0", paramLabel = "STREAM", description = "Name of the stream.")
    private String stream = "";

    @Parameters(
            index = "1..*",
            paramLabel = "DATA",
            description = "A record each; '-', or none at all, means the lines of standard input.")
    private List<String> data = List.of();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Put the lines of a file; may be repeated.")
    private List<Path> files = List.of();

    @ArgGroup(exclusive = true)
    private @Nullable Keys keys;

    static final class Keys {
        @Option(
                names = "--key",
                description = "Partition key of all records (default: spread evenly).")
        private @Nullable String fixed;

        @Option(
                names = "--key-pointer",
                paramLabel = "POINTER",
                description = "JSON pointer to each record's key, such as /user/id.")
        private @Nullable String pointer;
    }

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "500",
            description = "Most records in a request, 1 to 500 (default: ${DEFAULT-VALUE}).")
    private int batchRecords;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "4",
            description = "Requests on their way at once (default: ${DEFAULT-VALUE}).")
    private int parallel;

    @Option(
            names = "--unordered",
            description =
                    "Do not keep the order of a key's records: much faster when few keys have many"
                            + " records.")
    private boolean unordered;

    @Option(
            names = "--tries",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "Give a refused record up after so many tries (default: ${DEFAULT-VALUE}).")
    private int tries;

    @Option(names = "--json", description = "Print the summary as JSON on standard output.")
    private boolean json;

    public PutCommand(Connector connector) {
        this.connector = connector;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (batchRecords < 1 || batchRecords > 500 || parallel < 1 || tries < 1) {
            throw CommandFailure.usage("--batch is 1 to 500; --parallel and --tries at least 1");
        }
        var err = spec.commandLine().getErr();
        boolean terminal = ProgressLine.hasReader();
        var progress = new ProgressLine(err, terminal, bytesExpected(), System::nanoTime);
        try (var client = connector.blocking(endpoint)) {
            var limits =
                    new BatchingProducer.Limits(
                            batchRecords, BATCH_BYTES_MAX, parallel, !unordered, tries);
            var producer =
                    new BatchingProducer(
                            records -> send(client, records),
                            limits,
                            Pause.REAL,
                            totals -> progress.update(totals.records(), totals.bytes()));
            var chooser = chooser();
            try {
                putAll(producer, chooser);
                producer.finish();
            } finally {
                progress.end();
                summarize(producer.totals(), progress.seconds());
            }
        }
        return 0;
    }

    private PutRecordsResponse send(KinesisClient client, List<PutRecordsRequestEntry> records) {
        return client.putRecords(request -> request.streamName(stream).records(records));
    }

    private void summarize(BatchingProducer.Totals totals, double seconds) {
        var err = spec.commandLine().getErr();
        err.printf(
                "%s in %.2f s, %d requests, %d retried%n",
                ProgressLine.rates(totals.records(), totals.bytes(), seconds),
                seconds,
                totals.requests(),
                totals.retried());
        err.flush();
        if (json) {
            var out = spec.commandLine().getOut();
            out.println(
                    JsonText.line(
                            Map.of(
                                    "records", totals.records(),
                                    "bytes", totals.bytes(),
                                    "requests", totals.requests(),
                                    "retried", totals.retried(),
                                    "seconds", seconds)));
            out.flush();
        }
    }

    private KeyChooser chooser() {
        var chosen = keys;
        if (chosen != null && chosen.fixed != null) {
            return KeyChooser.fixed(chosen.fixed);
        }
        if (chosen != null && chosen.pointer != null) {
            try {
                return KeyChooser.pointed(chosen.pointer);
            } catch (IllegalArgumentException e) {
                throw CommandFailure.usage("--key-pointer: " + e.getMessage());
            }
        }
        return KeyChooser.spread();
    }

    private long bytesExpected() throws IOException {
        if (!data.isEmpty()) {
            return 0;
        }
        long bytes = 0;
        for (var file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private void putAll(BatchingProducer producer, KeyChooser chooser)
            throws IOException, InterruptedException {
        var source = new Numbered(producer, chooser);
        for (var record : data) {
            if (record.equals("-")) {
                source.putLines(System.in);
            } else {
                source.put(record.getBytes(StandardCharsets.UTF_8));
            }
        }
        for (var file : files) {
            try (var in = Files.newInputStream(file)) {
                source.putLines(in);
            }
        }
        if (data.isEmpty() && files.isEmpty()) {
            source.putLines(System.in);
        }
    }

    /** Gives records their number and key. */
    private static final class Numbered {
        private final BatchingProducer producer;
        private final KeyChooser chooser;
        private long number;

        Numbered(BatchingProducer producer, KeyChooser chooser) {
            this.producer = producer;
            this.chooser = chooser;
        }

        void putLines(InputStream in) throws IOException, InterruptedException {
            var lines = new LineReader(in);
            for (var line = lines.next(); line != null; line = lines.next()) {
                put(line);
            }
        }

        void put(byte[] bytes) throws InterruptedException {
            number++;
            producer.put(
                    PutRecordsRequestEntry.builder()
                            .partitionKey(chooser.keyOf(bytes, number))
                            .data(SdkBytes.fromByteArrayUnsafe(bytes))
                            .build());
        }
    }
}
