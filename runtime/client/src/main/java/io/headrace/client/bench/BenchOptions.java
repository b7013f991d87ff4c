package io.headrace.client.bench;

import io.headrace.client.CommandFailure;
import io.headrace.client.EndpointOptions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all measurements share. */
final class BenchOptions {
    @Mixin EndpointOptions endpoint = new EndpointOptions();

    @Option(
            names = "--stream",
            paramLabel = "NAME",
            defaultValue = "headrace-bench",
            description =
                    "Stream to use; made if there is none, and then deleted at the end (default:"
                            + " ${DEFAULT-VALUE}).")
    String stream = "";

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "4",
            description = "Shards of a stream that is made (default: ${DEFAULT-VALUE}).")
    int shards;

    @Option(names = "--keep", description = "Do not delete a stream that was made.")
    boolean keep;

    @Option(
            names = "--protocol",
            defaultValue = "json",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Wire wire = Wire.JSON;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "Connections, a thread each (default: ${DEFAULT-VALUE}).")
    int connections;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "1024",
            description = "Bytes of data in a record (default: ${DEFAULT-VALUE}).")
    int size;

    @Option(
            names = "--payload",
            defaultValue = "random",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Payload payload = Payload.RANDOM;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    double seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long to run before measuring (default: ${DEFAULT-VALUE}).")
    double warmUpSeconds;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of keys and data.")
    long seed;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description = "The server's process on this machine: measures its processor time too.")
    @Nullable Long serverPid;

    @Option(names = "--json", description = "Print only the JSON line.")
    boolean jsonOnly;

    void check() {
        if (connections < 1 || size < 1 || shards < 1 || seconds <= 0 || warmUpSeconds < 0) {
            throw CommandFailure.usage(
                    "--connections, --size, --shards and --seconds are positive");
        }
        if (!"http".equals(endpoint.endpoint().getScheme())) {
            throw CommandFailure.usage("the load generator speaks plain http only");
        }
    }

    Report report(String mode) {
        return new Report()
                .set("mode", mode)
                .set("protocol", wire.name().toLowerCase(Locale.ROOT))
                .set("payload", payload.name().toLowerCase(Locale.ROOT))
                .set("connections", connections)
                .set("recordBytes", size);
    }
}
