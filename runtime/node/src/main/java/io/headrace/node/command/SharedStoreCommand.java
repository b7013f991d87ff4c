package io.headrace.node.command;

import io.headrace.node.StoreOpening;
import io.headrace.node.Surroundings;
import io.headrace.node.settings.Settings;
import io.headrace.node.settings.SettingsException;
import io.headrace.store.StoreSettings;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.shard.ParallelTasks;
import io.headrace.store.shard.ShardCheck;
import io.headrace.store.shard.SharedCheck;
import io.headrace.store.shard.StoreGc;
import io.headrace.store.stream.StreamIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code headrace store} on a store that nodes share, while they run or not. */
final class SharedStoreCommand {
    static final int READS_AT_ONCE = 8;

    /** A node that starts is done trying the store long before. */
    private static final int PROBE_SECONDS_MAX = 60;

    private static final String DRY_RUN = "--dry-run";

    private SharedStoreCommand() {}

    static CommandSpec gc() {
        var spec =
                Operator.command(
                        "Removes from a shared store what nothing refers to any more, while its"
                                + " nodes run or not, and prints what that is. What a manifest or"
                                + " the journal of a running node names stays.",
                        SharedStoreCommand::gc);
        SettingsOptions.addStoreTo(spec);
        spec.addOption(
                OptionSpec.builder(DRY_RUN)
                        .description("Only prints what would be removed.")
                        .build());
        return spec;
    }

    /**
     * The shared store that the options or the configuration name; empty, and an error is printed,
     * if they name none.
     */
    static Optional<Settings.Store> store(CommandLine line, String hint) {
        var command = line.getCommandSpec().qualifiedName();
        try {
            var settings =
                    SettingsOptions.readStore(line.getParseResult(), System.getenv()).settings();
            if (!(settings.store() instanceof Settings.Store.OfNode)) {
                return Optional.of(settings.store());
            }
            line.getErr().println(command + ": no store is named. " + hint);
        } catch (SettingsException e) {
            line.getErr().println(command + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    static ShardCheck.Report check(CommandLine line, Settings.Store store) throws IOException {
        var surroundings = Surroundings.real();
        try (var objects = opened(store, surroundings);
                var workers = new ParallelTasks(READS_AT_ONCE)) {
            return new SharedCheck(
                            objects,
                            StoreOpening.journals(objects, settings(), surroundings),
                            new ShownProgress(line, surroundings))
                    .run(workers, () -> StreamIds.in(objects));
        }
    }

    private static int gc(CommandLine line) throws IOException, InterruptedException {
        var store = store(line, "Give --store URL; a node by itself collects its own.");
        if (store.isEmpty()) {
            return CommandLine.ExitCode.USAGE;
        }
        var surroundings = Surroundings.real();
        boolean isDryRun = line.getParseResult().hasMatchedOption(DRY_RUN);
        try (var objects = opened(store.get(), surroundings)) {
            var removals = new Removals(line, isDryRun);
            var gc =
                    new StoreGc(
                            objects,
                            StoreOpening.journals(objects, settings(), surroundings),
                            removals,
                            isDryRun);
            var probes = StoreGc.probes(objects);
            long seen = surroundings.ticker().nanos();
            gc.run(() -> StreamIds.in(objects));
            if (!probes.isEmpty()) {
                long waited = TimeUnit.NANOSECONDS.toSeconds(surroundings.ticker().nanos() - seen);
                long left = isDryRun ? 0 : PROBE_SECONDS_MAX - waited;
                if (left > 0) {
                    line.getErr()
                            .println(
                                    "waiting %d s, since a node may just be trying the store"
                                            .formatted(left));
                    line.getErr().flush();
                    TimeUnit.SECONDS.sleep(left);
                }
                var still = new ArrayList<>(probes);
                still.retainAll(StoreGc.probes(objects));
                gc.removeProbes(still);
            }
            removals.sum();
        }
        return CommandLine.ExitCode.OK;
    }

    /** A store that nodes use or used; closed by the caller. */
    static ObjectStore opened(Settings.Store store, Surroundings surroundings) throws IOException {
        var objects = StoreOpening.used(store, surroundings);
        if (objects.list("meta/streams/").isEmpty() && objects.list("journal/").isEmpty()) {
            objects.close();
            throw new IOException("the store holds nothing of Headrace");
        }
        return objects;
    }

    /** Journals are only read and trimmed, so that a directory has no meaning. */
    static StoreSettings settings() {
        return StoreSettings.shared(Path.of("unused"), Runtime.getRuntime().maxMemory());
    }

    /** Prints as it goes; for one thread. */
    private static final class Removals implements StoreGc.Listener {
        private final CommandLine line;
        private final boolean isDryRun;
        private long objects;
        private long bytes;

        Removals(CommandLine line, boolean isDryRun) {
            this.line = line;
            this.isDryRun = isDryRun;
        }

        @Override
        public void removed(String name, long length, String why) {
            objects++;
            bytes += length;
            line.getOut()
                    .println(
                            "%s: %s (%,d bytes): %s"
                                    .formatted(
                                            isDryRun ? "would remove" : "removed",
                                            name,
                                            length,
                                            why));
        }

        @Override
        public void kept(String name, String why) {
            line.getOut().println("kept: %s: %s".formatted(name, why));
        }

        void sum() {
            line.getOut()
                    .println(
                            "%,d objects, %,d bytes %s"
                                    .formatted(objects, bytes, isDryRun ? "to remove" : "removed"));
        }
    }
}
