package io.headrace.store.shard;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.journal.JournalCheck;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.journal.SharedJournals.Row;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.shard.ShardCheck.Finding;
import io.headrace.store.shard.ShardCheck.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads all that is kept on a store that several nodes share and tells what does not fit together.
 * Changes nothing and may run beside the nodes: what a manifest named and is not there counts as
 * damage only if a manifest read after that names it still.
 */
public final class SharedCheck {
    /** Each look reads the manifest again; nothing but damage lasts so long. */
    private static final int LOOKS_MAX = 8;

    private final ObjectStore objects;
    private final SharedJournals journals;
    private final JournalCheck entries;
    private final SegmentLists lists;
    private final Progress progress;

    /** Hears how far it is, from any thread. */
    public interface Progress {
        Progress NONE = (what, done, of) -> {};

        /** So many of them are done; {@code what} is journals or shards. */
        void at(String what, int done, int of);

        /** Bytes of segments and entries that were read. */
        default void read(long bytes) {}
    }

    /** What one journal holds of each shard. */
    private record Walked(List<Finding> findings, Map<ShardKey, List<Found>> rows) {}

    private record Found(String journal, long entry, Row row) {}

    private record Looked(long records, List<Finding> findings) {}

    public SharedCheck(ObjectStore objects, SharedJournals journals, Progress progress) {
        this.objects = objects;
        this.journals = journals;
        this.entries = new JournalCheck(objects);
        this.lists = new SegmentLists(objects, 0, SegmentLists.Folding.DEFAULT);
        this.progress = progress;
    }

    /**
     * Checks everything; findings do not end it.
     *
     * @param workers runs so many reads at once as it has threads
     * @param streams which streams there are
     * @throws IOException if the store cannot be read
     */
    public Report run(ParallelTasks workers, LiveStreams streams) throws IOException {
        // Before the streams: a shard that is there by now is of a stream that was there before.
        var names = StoreNames.list(objects);
        var findings = new ArrayList<Finding>();
        streams(names, streams, findings);
        var rows = new HashMap<ShardKey, List<Found>>();
        var walks =
                workers.all(
                        List.copyOf(names.journals()),
                        this::walk,
                        (done, of) -> progress.at("journals", done, of));
        for (var walked : walks) {
            findings.addAll(walked.findings());
            walked.rows()
                    .forEach((shard, found) ->
                            rows.computeIfAbsent(shard, key -> new ArrayList<>()).addAll(found));
        }
        var looks =
                workers.all(
                        List.copyOf(names.shards().keySet()),
                        shard -> check(shard, rows.getOrDefault(shard, List.of())),
                        (done, of) -> progress.at("shards", done, of));
        long records = 0;
        for (var looked : looks) {
            findings.addAll(looked.findings());
            records += looked.records();
        }
        others(names, findings);
        return new Report(names.shards().size(), records, findings);
    }

    private Walked walk(String journal) throws IOException {
        var walked = new Walked(new ArrayList<>(), new HashMap<>());
        entries.check(
                journal,
                (entry, rows) -> {
                    for (var row : rows) {
                        walked.rows()
                                .computeIfAbsent(row.shard(), key -> new ArrayList<>(2))
                                .add(new Found(journal, entry, row));
                        progress.read(row.length());
                    }
                },
                new JournalCheck.Findings() {
                    @Override
                    public void damage(String where, String what) {
                        walked.findings().add(new Finding(true, where, what));
                    }

                    @Override
                    public void unneeded(String where, String what) {
                        walked.findings().add(new Finding(false, where, what));
                    }
                });
        try {
            unnamed(journal, walked.findings());
        } catch (EntryGoneException | DamagedBlockException | UnreadableManifestException e) {
            // It is being trimmed, or told of above.
        }
        return walked;
    }

    private void unnamed(String journal, List<Finding> findings) throws IOException {
        var free = trimmer().freeOf(journal);
        if (free.isPresent()) {
            findings.add(
                    new Finding(
                            false,
                            "journal " + journal,
                            "no manifest names a block in its entries [%d, %d)"
                                    .formatted(free.get().from(), free.get().to())));
        }
    }

    private EntryTrimmer trimmer() {
        return new EntryTrimmer(
                journals, objects, shard -> Optional.empty(), StoreEvents.NONE, Sharing.ALONE);
    }

    /** Looks until two looks in a row agree, or nothing is wrong. */
    private Looked check(ShardKey shard, List<Found> walked) throws IOException {
        var segments = new SegmentCheck(objects, lists, shard, progress::read);
        var before = look(shard, segments, walked);
        for (int look = 1; look < LOOKS_MAX; look++) {
            if (before.findings().stream().noneMatch(Finding::isDamage)) {
                return before;
            }
            var now = look(shard, segments, null);
            var lasting = new LinkedHashSet<>(now.findings());
            boolean isSame = before.findings().containsAll(now.findings());
            lasting.retainAll(before.findings());
            if (isSame) {
                return new Looked(now.records(), List.copyOf(lasting));
            }
            before = now;
        }
        return before;
    }

    /**
     * @param walked what the journals held some time ago; null to read them after the manifest
     */
    private Looked look(ShardKey shard, SegmentCheck segments, @Nullable List<Found> walked)
            throws IOException {
        var findings = new ArrayList<Finding>();
        var where = "shard " + shard;
        Manifest manifest;
        try {
            var newest = Manifest.newest(objects, shard);
            if (newest.isEmpty()) {
                if (!objects.list(shard.prefix()).isEmpty()) {
                    findings.add(new Finding(false, where, "it has no manifest: it was deleted"));
                }
                return new Looked(0, findings);
            }
            manifest = newest.get();
        } catch (DamagedBlockException | RefusedException e) {
            return new Looked(0, List.of(new Finding(true, where, ShardCheck.messageOf(e))));
        }
        var met = segments.check(manifest, findings::add);
        checkRanges(manifest, finding -> findings.add(new Finding(true, where, finding)));
        var log = new ShardLog(shard, new TailCache(0));
        try {
            log.load(Optional.of(manifest), blocks(manifest, walked));
        } catch (DamagedBlockException e) {
            findings.add(new Finding(true, where, ShardCheck.messageOf(e)));
            return new Looked(0, findings);
        }
        if (met.isAllNamed()) {
            // Those of a later version are being prepared, and may be named any moment.
            var orphans = SegmentNames.upTo(objects, shard, manifest.version());
            orphans.removeAll(met.names());
            orphans.stream()
                    .sorted()
                    .forEach(
                            name -> findings.add(new Finding(false, name, "no manifest names it")));
        }
        var bounds = log.bounds();
        return new Looked(bounds.nextIndex() - bounds.firstIndex(), findings);
    }

    private RecoveredBlocks blocks(Manifest manifest, @Nullable List<Found> walked)
            throws IOException {
        var blocks = new RecoveredBlocks();
        var found = walked == null ? new ArrayList<Found>() : walked;
        if (walked == null) {
            var known = new LinkedHashSet<String>();
            manifest.ranges().forEach(range -> known.add(range.journalId()));
            for (var journal : known) {
                found.addAll(walk(journal).rows().getOrDefault(manifest.shard(), List.of()));
            }
        }
        for (var block : found) {
            blocks.add(
                    new BlockIndex.Run(journals.reader(block.journal()), block.row().epoch()),
                    block.entry(),
                    block.row());
        }
        return blocks;
    }

    private void checkRanges(Manifest manifest, Consumer<String> damage) throws IOException {
        long epoch = -1;
        for (var range : manifest.ranges()) {
            if (range.epoch() <= epoch || range.epoch() > manifest.epoch()) {
                damage.accept(
                        "%s of version %d, epoch %d, is out of order"
                                .formatted(range, manifest.version(), manifest.epoch()));
            }
            epoch = range.epoch();
            if (range.to().isEmpty() && range.epoch() != manifest.epoch()) {
                damage.accept(range + " is still open, and the epoch is " + manifest.epoch());
            }
            if (!entries.isKnown(range.journalId())) {
                damage.accept("it names a journal that is not there: " + range);
            } else if (range.to().isPresent() && range.from() < range.to().getAsLong()) {
                var seal = journals.sealOf(range.journalId());
                if (seal.isPresent() && seal.getAsLong() < range.to().getAsLong()) {
                    damage.accept(
                            "it names entries behind the end, %d, of a journal: %s"
                                    .formatted(seal.getAsLong(), range));
                }
            }
        }
    }

    private static void streams(StoreNames names, LiveStreams streams, List<Finding> findings)
            throws IOException {
        try {
            var live = streams.ids();
            names.shards().keySet().stream()
                    .filter(shard -> !live.contains(shard.streamId()))
                    .forEach(shard ->
                            findings.add(
                                    new Finding(
                                            false, "shard " + shard, "there is no such stream")));
        } catch (DamagedBlockException | RefusedException e) {
            findings.add(new Finding(true, "the streams", ShardCheck.messageOf(e)));
        }
    }

    private void others(StoreNames names, List<Finding> findings) throws IOException {
        var old = new TreeMap<String, Integer>();
        for (var object : names.versioned().entrySet()) {
            var prefix = object.getKey();
            if (object.getValue().size() > 1) {
                old.put(prefix, object.getValue().size() - 1);
            }
            if (prefix.startsWith("shards/")) {
                continue;
            }
            try {
                VersionedObject.newest(objects, prefix);
            } catch (DamagedBlockException e) {
                findings.add(new Finding(true, prefix, ShardCheck.messageOf(e)));
            }
        }
        old.forEach((prefix, versions) ->
                findings.add(new Finding(false, prefix, versions + " older versions are left")));
        each(names.probes(), "it was to try the store", findings);
        each(names.unknown(), "Headrace gives no such name", findings);
    }

    private static void each(List<String> names, String what, List<Finding> findings) {
        names.forEach(name -> findings.add(new Finding(false, name, what)));
    }
}
