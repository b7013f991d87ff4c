package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.CopiedJournal;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.object.CopyTarget;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.record.Block;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Copies shards to where nobody uses them yet: segments and lists as they are, and what only
 * journals have into journals of the copy, which have ended. A shard in the copy holds all that was
 * acknowledged before {@link #copy} was called, and nothing that was not written. For one thread,
 * which may have others help.
 */
public final class ShardCopies {
    /** Of blocks in memory at once. */
    private static final long BATCH_BYTES = 64L << 20;

    private final ObjectStore from;
    private final Tails tails;
    private final CopyTarget target;
    private final ParallelTasks workers;
    private final RandomGenerator random;
    private final int entryBytesMax;
    private final SharedCheck.Progress progress;
    private final SegmentLists lists;
    private final Set<String> copied = ConcurrentHashMap.newKeySet();
    private final Map<ShardKey, Copied> shards = new TreeMap<>();

    /** A shard's manifest in the copy, and how many records that leads to. */
    private record Copied(Manifest manifest, long records) {}

    /** A shard, and which of its blocks are in no segment. */
    private record Plan(Manifest manifest, RecoveredBlocks.Tail tail) {
        long bytes() {
            return tail.counted().stream().mapToLong(RecoveredBlocks.Found::length).sum();
        }
    }

    /**
     * What became of shards that were to be copied.
     *
     * @param changed something that belongs to them went away meanwhile
     * @param empty there is nothing of them
     */
    public record Outcome(Set<ShardKey> changed, Set<ShardKey> empty) {}

    /**
     * @param random of ids and nonces
     * @param entryBytesMax largest sum of block lengths in an entry of a journal
     */
    public ShardCopies(
            ObjectStore from,
            Tails tails,
            CopyTarget target,
            ParallelTasks workers,
            RandomGenerator random,
            int entryBytesMax,
            SharedCheck.Progress progress) {
        this.from = from;
        this.tails = tails;
        this.target = target;
        this.workers = workers;
        this.random = random;
        this.entryBytesMax = entryBytesMax;
        this.progress = progress;
        this.lists = new SegmentLists(from, 0, SegmentLists.Folding.DEFAULT);
    }

    /**
     * Copies all of these but their manifests; again, if they were copied before.
     *
     * @param isOpen by shard, whether it takes records in the copy
     */
    public Outcome copy(Map<ShardKey, Boolean> isOpen) throws IOException {
        var outcome = new Outcome(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
        shards.keySet().removeAll(isOpen.keySet());
        var whole = copySegments(plans(List.copyOf(isOpen.keySet()), outcome), outcome);
        copyTails(whole, isOpen, outcome);
        return outcome;
    }

    /** Leaves out shards that were copied. */
    public void forget(Set<ShardKey> gone) {
        shards.keySet().removeAll(gone);
    }

    /**
     * Writes the manifests: from here on the copy holds the shards.
     *
     * @return the records they lead to
     */
    public long finish() throws IOException {
        var all = List.copyOf(shards.values());
        workers.all(all, copy -> create(copy.manifest()), told("manifests"));
        return all.stream().mapToLong(Copied::records).sum();
    }

    /** How many shards have a manifest in the copy. */
    public int count() {
        return shards.size();
    }

    private boolean create(Manifest manifest) throws IOException {
        var stored =
                VersionedObject.stored(
                        Manifest.prefix(manifest.shard()),
                        new VersionedObject.Version(manifest.version(), manifest.toJson()));
        target.create(stored.name(), stored.bytes());
        return true;
    }

    private List<Plan> plans(List<ShardKey> keys, Outcome outcome) throws IOException {
        var newest =
                workers.all(keys, shard -> Manifest.newest(from, shard), told("manifests read"));
        var manifests = new ArrayList<Manifest>();
        for (int i = 0; i < keys.size(); i++) {
            newest.get(i).ifPresent(manifests::add);
            if (newest.get(i).isEmpty()) {
                outcome.empty().add(keys.get(i));
            }
        }
        var found = tails.of(manifests);
        var plans = new ArrayList<Plan>();
        for (var manifest : manifests) {
            var tail = found.get(manifest.shard());
            if (tail == null) {
                outcome.changed().add(manifest.shard());
            } else {
                plans.add(new Plan(manifest, tail.tailOf(manifest.shard(), Optional.of(manifest))));
            }
        }
        return plans;
    }

    /** Those of which all segments and lists are in the copy now. */
    private List<Plan> copySegments(List<Plan> plans, Outcome outcome) throws IOException {
        var named = workers.all(plans, this::segments, told("shards looked at"));
        var names =
                named.stream()
                        .flatMap(Optional::stream)
                        .flatMap(List::stream)
                        .filter(name -> !copied.contains(name));
        workers.all(names.toList(), this::copy, told("segments"));
        var whole = new ArrayList<Plan>();
        for (int i = 0; i < plans.size(); i++) {
            var manifest = plans.get(i).manifest();
            boolean isWhole = named.get(i).isPresent();
            for (var name : named.get(i).orElse(List.of())) {
                if (!copied.contains(name)) {
                    requireChanged(manifest, new NoSuchFileException(name));
                    isWhole = false;
                }
            }
            if (isWhole) {
                whole.add(plans.get(i));
            } else {
                outcome.changed().add(manifest.shard());
            }
        }
        return whole;
    }

    /** Names of what holds the shard's compacted records; empty if a list of them went away. */
    private Optional<List<String>> segments(Plan plan) throws IOException {
        var manifest = plan.manifest();
        var names = new ArrayList<String>();
        try {
            lists.forEach(
                    manifest.shard(),
                    manifest.segments(),
                    manifest.firstIndex(),
                    span -> names.add(span.name()));
            return Optional.of(names);
        } catch (NoSuchFileException e) {
            requireChanged(manifest, e);
            return Optional.empty();
        }
    }

    /** False if it is not there any more. */
    private boolean copy(String name) throws IOException {
        var bytes = from.get(name);
        if (bytes.isPresent()) {
            target.create(name, bytes.get().duplicate());
            copied.add(name);
            progress.read(bytes.get().remaining());
        }
        return bytes.isPresent();
    }

    /**
     * What a manifest names goes away only once a newer one does not name it.
     *
     * @throws DamagedBlockException if it is the newest still
     */
    private void requireChanged(Manifest manifest, IOException gone) throws IOException {
        var newest = VersionedObject.newestNumber(from, Manifest.prefix(manifest.shard()));
        if (newest.isPresent() && newest.getAsLong() == manifest.version()) {
            throw new DamagedBlockException(
                    "the newest manifest of shard %s names what is not there: %s"
                            .formatted(manifest.shard(), gone.getMessage()),
                    gone);
        }
    }

    private void copyTails(List<Plan> plans, Map<ShardKey, Boolean> isOpen, Outcome outcome)
            throws IOException {
        var journal = new CopiedJournal(random, target, entryBytesMax);
        boolean isUsed = false;
        for (int next = 0; next < plans.size(); ) {
            var batch = new ArrayList<Plan>();
            for (long bytes = 0; next < plans.size() && bytes < BATCH_BYTES; next++) {
                batch.add(plans.get(next));
                bytes += plans.get(next).bytes();
            }
            var contents = workers.all(batch, this::blocks, ParallelTasks.Done.UNHEARD);
            for (int i = 0; i < batch.size(); i++) {
                var manifest = batch.get(i).manifest();
                if (contents.get(i).isEmpty()) {
                    outcome.changed().add(manifest.shard());
                    continue;
                }
                var blocks = contents.get(i).get();
                isUsed |= !blocks.isEmpty();
                var ranges = write(blocks, journal);
                boolean open = isOpen.getOrDefault(manifest.shard(), true);
                shards.put(
                        manifest.shard(),
                        new Copied(
                                with(manifest, ranges, open),
                                batch.get(i).tail().next() - manifest.firstIndex()));
            }
        }
        if (isUsed) {
            journal.end();
        }
    }

    /** Empty if one of them went away. */
    private Optional<List<Block>> blocks(Plan plan) throws IOException {
        var blocks = new ArrayList<Block>();
        for (var found : plan.tail().counted()) {
            var reader = found.run().journal();
            Block block;
            try {
                block = Block.read(reader.read(found.position(), found.length()));
            } catch (EntryGoneException e) {
                requireChanged(plan.manifest(), e);
                return Optional.empty();
            }
            if (!block.shard().equals(plan.manifest().shard())
                    || block.epoch() != found.run().epoch()
                    || block.firstIndex() != found.firstIndex()
                    || block.count() != found.count()) {
                throw new DamagedBlockException(
                        "%s holds %s".formatted(reader.describe(found.position()), block));
            }
            blocks.add(block);
            progress.read(block.length());
        }
        return Optional.of(blocks);
    }

    /** The ranges that name these blocks in their new place. */
    private static List<JournalRange> write(List<Block> blocks, CopiedJournal journal)
            throws IOException {
        var byEpoch = new TreeMap<Long, JournalRange>();
        for (var block : blocks) {
            long entry = journal.add(block);
            byEpoch.merge(
                    block.epoch(),
                    new JournalRange(
                            journal.id(), entry, OptionalLong.of(entry + 1), block.epoch()),
                    (before, now) -> before.endingAt(now.to().orElseThrow()));
        }
        return List.copyOf(byEpoch.values());
    }

    /** The same version, with its blocks elsewhere; an end that came later is not copied. */
    private static Manifest with(Manifest manifest, List<JournalRange> ranges, boolean isOpen) {
        return new Manifest(
                manifest.shard(),
                manifest.version(),
                manifest.epoch(),
                manifest.firstIndex(),
                isOpen ? OptionalLong.empty() : manifest.endIndex(),
                manifest.lastArrivalMs(),
                manifest.segments(),
                ranges,
                manifest.checkpoints());
    }

    private ParallelTasks.Done told(String what) {
        return (done, of) -> progress.at(what, done, of);
    }
}
