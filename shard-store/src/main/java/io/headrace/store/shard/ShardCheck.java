package io.headrace.store.shard;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.journal.FileJournals;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads all that a stopped node stored and tells what does not fit together: manifests, every block
 * of every segment, and what the journals hold beyond. Changes nothing. For one thread.
 */
public final class ShardCheck {
    private final ObjectStore objects;
    private final FileJournals journals;
    private final SegmentLists lists;
    private final List<Finding> findings = new ArrayList<>();
    private long records;

    /**
     * Something that is not as it should be.
     *
     * @param isDamage false if it only takes room
     */
    public record Finding(boolean isDamage, String where, String what) {}

    /** What a check came to. */
    public record Report(int shards, long records, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    public ShardCheck(ObjectStore objects, FileJournals journals) {
        this.objects = objects;
        this.lists = new SegmentLists(objects, 0, SegmentLists.Folding.DEFAULT);
        this.journals = journals;
    }

    /** Checks everything; findings do not end it. */
    public Report run() throws IOException {
        var blocks = new TreeMap<ShardKey, RecoveredBlocks>();
        journals.inspect(
                (journal, entry, position, block) ->
                        blocks.computeIfAbsent(block.shard(), key -> new RecoveredBlocks())
                                .add(
                                        new BlockIndex.Run(journal, block.epoch()),
                                        entry,
                                        position,
                                        block),
                damage -> findings.add(new Finding(true, "journal", messageOf(damage))));
        var shards = shardsOnDisk();
        for (var shard : shards) {
            check(shard, Optional.ofNullable(blocks.get(shard)));
        }
        return new Report(shards.size(), records, findings);
    }

    private Set<ShardKey> shardsOnDisk() throws IOException {
        var shards = new TreeSet<ShardKey>();
        for (var name : objects.list("shards/")) {
            var parts = name.split("/", -1);
            shards.add(
                    new ShardKey(
                            HexFormat.fromHexDigitsToLong(parts[1]), Integer.parseInt(parts[2])));
        }
        return shards;
    }

    private void check(ShardKey shard, Optional<RecoveredBlocks> blocks) throws IOException {
        var where = "shard " + shard;
        Optional<Manifest> manifest;
        try {
            manifest = Manifest.newest(objects, shard);
        } catch (DamagedBlockException | RefusedException e) {
            findings.add(new Finding(true, where, messageOf(e)));
            return;
        }
        var met = new SegmentCheck.Met(true, Set.of());
        if (manifest.isPresent()) {
            met =
                    new SegmentCheck(objects, lists, shard, bytes -> {})
                            .check(manifest.get(), findings::add);
        }
        var log = new ShardLog(shard, new TailCache(0));
        try {
            log.load(manifest, blocks.orElse(null));
        } catch (DamagedBlockException e) {
            findings.add(new Finding(true, where, messageOf(e)));
            return;
        }
        var bounds = log.bounds();
        records += bounds.nextIndex() - bounds.firstIndex();
        if (met.isAllNamed()) {
            findOrphans(log, met.names());
        }
    }

    private void findOrphans(ShardLog log, Set<String> named) throws IOException {
        for (var prefix : List.of(SegmentNames.segments(log.key), SegmentNames.lists(log.key))) {
            for (var name : objects.list(prefix)) {
                if (!named.contains(name)) {
                    findings.add(new Finding(false, name, "no manifest names it"));
                }
            }
        }
    }

    static String messageOf(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
