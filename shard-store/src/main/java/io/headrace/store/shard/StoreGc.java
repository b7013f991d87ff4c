package io.headrace.store.shard;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.journal.EntryGoneException;
import io.headrace.store.journal.JournalCheck;
import io.headrace.store.journal.Rule;
import io.headrace.store.journal.SharedJournals;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes from a store that several nodes share what nothing refers to any more, while they run: by
 * the rules that they follow themselves, of which the first is that whatever a newest manifest
 * names stays. A journal that has not ended is its writer's alone. For one thread.
 */
public final class StoreGc {
    private static final int LOOKS_MAX = 8;

    private final ObjectStore objects;
    private final SharedJournals journals;
    private final JournalCheck entries;
    private final SegmentLists lists;
    private final Sharing sharing;
    private final Listener listener;
    private final boolean isDryRun;

    /** Hears what is done, as it is. */
    public interface Listener {
        /** It is gone, or would be; {@code bytes} is its length. */
        void removed(String name, long bytes, String why);

        /** Something doubtful that stays. */
        void kept(String name, String why);
    }

    /**
     * @param isDryRun whether it only tells what it would remove
     */
    public StoreGc(
            ObjectStore objects, SharedJournals journals, Listener listener, boolean isDryRun) {
        this(objects, journals, Sharing.ALONE, listener, isDryRun);
    }

    StoreGc(
            ObjectStore objects,
            SharedJournals journals,
            Sharing sharing,
            Listener listener,
            boolean isDryRun) {
        this.objects = objects;
        this.journals = journals;
        this.entries = new JournalCheck(objects);
        this.lists = new SegmentLists(objects, 0, SegmentLists.Folding.DEFAULT);
        this.sharing = sharing;
        this.listener = listener;
        this.isDryRun = isDryRun;
    }

    /**
     * Goes through the store once. May be cut short at any moment and run again.
     *
     * @throws IOException if the store cannot be read or changed
     */
    public void run(LiveStreams streams) throws IOException {
        // Before the streams: a shard that is there by now is of a stream that was there before.
        var names = StoreNames.list(objects);
        var live = liveStreams(names, streams);
        for (var shard : names.shards().keySet()) {
            try {
                if (live.isPresent() && !live.get().contains(shard.streamId())) {
                    leftOf(shard);
                } else {
                    sweep(shard);
                }
            } catch (DamagedBlockException | RefusedException e) {
                listener.kept(shard.prefix(), "its manifest cannot be read: " + e.getMessage());
            }
        }
        for (var versions : names.versioned().values()) {
            // The first is the highest of the listing, so the others are older than the newest.
            for (var name : versions.subList(1, versions.size())) {
                remove(name, "there is a newer version");
            }
        }
        for (var journal : names.journals()) {
            trim(journal);
        }
        names.unknown().forEach(name -> listener.kept(name, "Headrace gives no such name"));
    }

    /** What nodes tried the store with; some of it may be of one that tries it just now. */
    public static List<String> probes(ObjectStore objects) throws IOException {
        return objects.list("probe/");
    }

    /** Removes such, of which the caller knows that no node is at them any more. */
    public void removeProbes(List<String> probes) throws IOException {
        for (var name : probes) {
            remove(name, "a node that started tried the store with it");
        }
    }

    /** Empty if nothing of a stream may go, since nobody knows which there are. */
    private Optional<Set<Long>> liveStreams(StoreNames names, LiveStreams streams)
            throws IOException {
        try {
            if (names.versioned().keySet().stream().anyMatch(p -> p.startsWith("meta/streams/"))) {
                return Optional.of(streams.ids());
            }
            if (!names.shards().isEmpty()) {
                listener.kept("shards/", "no stream is known, so none is known to be deleted");
            }
        } catch (DamagedBlockException | RefusedException e) {
            listener.kept("shards/", "the streams cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** What was written of a shard after it had been deleted with its stream. */
    private void leftOf(ShardKey shard) throws IOException {
        var newest = Manifest.newest(objects, shard, sharing.looks());
        if (newest.isPresent()
                && !(newest.get().segments().isEmpty() && newest.get().ranges().isEmpty())) {
            listener.kept(
                    shard.prefix(), "there is no such stream, but its manifest names records");
            return;
        }
        var names = objects.list(shard.prefix());
        var manifests = Manifest.prefix(shard);
        for (var name : names) {
            if (!name.startsWith(manifests)) {
                remove(name, "its stream was deleted");
            }
        }
        // The newest, which says that nothing is kept, goes last.
        for (var name : names.reversed()) {
            if (name.startsWith(manifests)) {
                remove(name, "its stream was deleted");
            }
        }
    }

    private void sweep(ShardKey shard) throws IOException {
        for (int look = 1; ; look++) {
            var newest = Manifest.newest(objects, shard, sharing.looks());
            if (newest.isEmpty()) {
                if (!objects.list(shard.prefix()).isEmpty()) {
                    listener.kept(shard.prefix(), "it has no manifest, and there is its stream");
                }
                return;
            }
            try {
                for (var name : orphans(newest.get())) {
                    remove(name, "no manifest names it");
                }
                return;
            } catch (NoSuchFileException e) {
                if (look == LOOKS_MAX) {
                    listener.kept(shard.prefix(), "there is no list " + e.getMessage());
                    return;
                }
            }
        }
    }

    /** A later version than the newest may be about to name what was made for it. */
    private List<String> orphans(Manifest newest) throws IOException {
        boolean byTarget = sharing.rules().hold(Rule.SWEEP_BY_TARGET);
        var orphans =
                SegmentNames.upTo(
                        objects, newest.shard(), byTarget ? newest.version() : Long.MAX_VALUE);
        lists.forEach(
                newest.shard(),
                newest.segments(),
                newest.firstIndex(),
                span -> orphans.remove(span.name()));
        var sorted = new ArrayList<>(orphans);
        sorted.sort(null);
        return sorted;
    }

    private void trim(String journal) throws IOException {
        var where = "journal " + journal;
        try {
            for (var name : entries.leftBehind(journal)) {
                remove(name, "it lies below the journal's floor");
            }
            var trimmer =
                    new EntryTrimmer(
                            journals,
                            objects,
                            shard -> Optional.empty(),
                            StoreEvents.NONE,
                            sharing);
            var free = trimmer.freeOf(journal);
            if (free.isEmpty()) {
                return;
            }
            for (long index = free.get().from(); index < free.get().to(); index++) {
                var name = "journal/%s/entry/%019d".formatted(journal, index);
                listener.removed(
                        name, objects.size(name).orElse(0L), "no manifest names a block in it");
            }
            if (!isDryRun) {
                journals.trim(journal, free.get().to());
            }
        } catch (EntryGoneException e) {
            listener.kept(where, "another trims it, or it is damaged: " + e.getMessage());
        } catch (DamagedBlockException | UnreadableManifestException e) {
            listener.kept(where, ShardCheck.messageOf(e));
        }
    }

    private void remove(String name, String why) throws IOException {
        var bytes = objects.size(name);
        if (bytes.isEmpty()) {
            return;
        }
        if (!isDryRun) {
            objects.delete(name);
        }
        listener.removed(name, bytes.get(), why);
    }
}
