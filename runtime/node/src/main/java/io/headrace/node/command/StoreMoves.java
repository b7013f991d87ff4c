package io.headrace.node.command;

import io.headrace.node.StoreOpening;
import io.headrace.node.Surroundings;
import io.headrace.node.backup.Backup;
import io.headrace.node.settings.Settings;
import io.headrace.store.StoreFormat;
import io.headrace.store.StoreMigration;
import io.headrace.store.StoreSettings;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.shard.ParallelTasks;
import io.headrace.store.shard.ShardCheck;
import io.headrace.store.shard.ShardCopies;
import io.headrace.store.shard.SharedCheck;
import io.headrace.store.shard.SharedTails;
import io.headrace.store.stream.StoreCopy;
import io.headrace.store.stream.StreamIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Fills stores that nodes share, and copies them while they are used. */
final class StoreMoves {
    static final String AGAIN = "--again";
    private static final String DATA = "--data";

    private StoreMoves() {}

    /** {@code headrace store migrate}. */
    static CommandSpec migrate() {
        var spec =
                Operator.command(
                        "Moves all that a stopped node keeps in its data directory to an empty store"
                                + " for nodes that share it, and reads everything back. The directory"
                                + " is not changed, but marked at the end as moved.",
                        StoreMoves::migrate);
        spec.addOption(
                OptionSpec.builder(DATA)
                        .paramLabel("DIR")
                        .type(Path.class)
                        .required(true)
                        .description("The data directory of a stopped node.")
                        .build());
        SettingsOptions.addStoreTo(spec);
        spec.addOption(again());
        return spec;
    }

    static OptionSpec again() {
        return OptionSpec.builder(AGAIN)
                .description("Removes first what an attempt left in the store that did not finish.")
                .build();
    }

    private static int migrate(CommandLine line) throws IOException {
        var parsed = line.getParseResult();
        Path data = parsed.matchedOptionValue(DATA, Path.of(""));
        var store = SharedStoreCommand.store(line, "Give --store URL.");
        if (store.isEmpty()) {
            return CommandLine.ExitCode.USAGE;
        }
        var surroundings = Surroundings.real();
        StoreCopy.Report report;
        try (var objects = StoreOpening.objects(store.get(), surroundings);
                var workers = new ParallelTasks(SharedStoreCommand.READS_AT_ONCE)) {
            report =
                    new StoreMigration(
                                    StoreSettings.of(data, Runtime.getRuntime().maxMemory()),
                                    surroundings.random(),
                                    workers,
                                    new ShownProgress(line, surroundings))
                            .run(
                                    objects,
                                    StoreOpening.journals(
                                            objects, SharedStoreCommand.settings(), surroundings),
                                    store.get().place(),
                                    parsed.hasMatchedOption(AGAIN));
        }
        line.getOut()
                .println(
                        "%d streams, %d shards, %,d records are in the store and were read back; %s is marked as moved"
                                .formatted(
                                        report.streams(), report.shards(), report.records(), data));
        if (Files.exists(data.resolve("keys.json"))) {
            line.getOut()
                    .println(
                            "Every node needs a copy of %s in its data directory, or encrypted records cannot be read."
                                    .formatted(data.resolve("keys.json")));
        }
        return CommandLine.ExitCode.OK;
    }

    /** Writes a backup of a store while nodes use it, or not. */
    static Backup.Size backUp(
            CommandLine line, Settings.Store store, Backup backup, @Nullable Path keys)
            throws IOException {
        var surroundings = Surroundings.real();
        var progress = new ShownProgress(line, surroundings);
        try (var objects = SharedStoreCommand.opened(store, surroundings);
                var workers = new ParallelTasks(SharedStoreCommand.READS_AT_ONCE)) {
            var settings = SharedStoreCommand.settings();
            var journals = StoreOpening.journals(objects, settings, surroundings);
            return backup.writeStore(
                    target -> {
                        var report =
                                new StoreCopy(
                                                objects,
                                                target,
                                                new ShardCopies(
                                                        objects,
                                                        new SharedTails(objects, journals, workers),
                                                        target,
                                                        workers,
                                                        surroundings.random(),
                                                        settings.entryBytesMax(),
                                                        progress))
                                        .run();
                        line.getOut()
                                .println(
                                        "%d streams, %d shards, %,d records"
                                                .formatted(
                                                        report.streams(),
                                                        report.shards(),
                                                        report.records()));
                    },
                    keys,
                    Clock.systemUTC());
        }
    }

    /** Fills an empty store from a backup, and reads everything back. */
    static Backup.Size restore(
            CommandLine line, Settings.Store store, Backup backup, Path from, @Nullable Path keys)
            throws IOException {
        var surroundings = Surroundings.real();
        var progress = new ShownProgress(line, surroundings);
        try (var objects = StoreOpening.objects(store, surroundings);
                var workers = new ParallelTasks(SharedStoreCommand.READS_AT_ONCE)) {
            StoreFormat.fill(
                    objects,
                    from.toString(),
                    surroundings.random().nextLong(),
                    line.getParseResult().hasMatchedOption(AGAIN));
            var size =
                    backup.restoreTo(
                            StoreMigration.into(objects),
                            workers,
                            (done, of) -> progress.at("files", done, of),
                            keys);
            check(objects, surroundings, workers, progress);
            StoreFormat.filled(objects);
            return size;
        }
    }

    private static void check(
            ObjectStore objects,
            Surroundings surroundings,
            ParallelTasks workers,
            ShownProgress progress)
            throws IOException {
        var journals = StoreOpening.journals(objects, SharedStoreCommand.settings(), surroundings);
        var report =
                new SharedCheck(objects, journals, progress)
                        .run(workers, () -> StreamIds.in(objects));
        var damage = report.findings().stream().filter(ShardCheck.Finding::isDamage).findFirst();
        if (damage.isPresent()) {
            throw new IOException("what was restored is damaged: " + damage.get());
        }
    }
}
