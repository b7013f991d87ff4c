package io.headrace.store.shard;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.segment.ListRef;
import io.headrace.store.segment.SegmentReader;
import io.headrace.store.segment.SegmentRef;
import io.headrace.store.segment.SegmentSpan;
import io.headrace.store.shard.ShardCheck.Finding;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Reads the lists and segments of one shard, every block of them. What was found sound is not read
 * again when the same shard is looked at once more: neither ever changes. For one thread.
 */
final class SegmentCheck {
    private static final long READ_BYTES = 4 << 20;

    private final ObjectStore objects;
    private final SegmentLists lists;
    private final ShardKey shard;
    private final LongConsumer read;
    private final Set<String> sound = new HashSet<>();
    private long nextIndex;

    /**
     * @param read gets the bytes that were read, as they are stored
     */
    SegmentCheck(ObjectStore objects, SegmentLists lists, ShardKey shard, LongConsumer read) {
        this.objects = objects;
        this.lists = lists;
        this.shard = shard;
        this.read = read;
    }

    /** What was met; what it names is not known if a list of it can't be read. */
    record Met(boolean isAllNamed, Set<String> names) {}

    Met check(Manifest manifest, Consumer<Finding> findings) throws IOException {
        var names = new HashSet<String>();
        nextIndex = manifest.firstIndex();
        boolean isAllNamed = check(manifest.segments(), manifest.firstIndex(), names, findings);
        return new Met(isAllNamed, names);
    }

    private boolean check(
            List<SegmentSpan> spans, long fromIndex, Set<String> names, Consumer<Finding> findings)
            throws IOException {
        boolean isAllNamed = true;
        for (var span : spans) {
            if (span.nextIndex() <= fromIndex) {
                // It passed retention, and the list that names it is still needed.
                continue;
            }
            names.add(span.name());
            switch (span) {
                case SegmentRef segment -> {
                    contiguous(segment, findings);
                    check(segment, findings);
                }
                case ListRef list -> {
                    var below = below(list, findings);
                    isAllNamed &=
                            below.isPresent() && check(below.get(), fromIndex, names, findings);
                    nextIndex = list.nextIndex();
                }
            }
        }
        return isAllNamed;
    }

    private void contiguous(SegmentRef segment, Consumer<Finding> findings) {
        if (segment.firstIndex() > nextIndex) {
            findings.accept(
                    new Finding(
                            true,
                            "shard " + shard,
                            "records [%d, %d) are missing before segment %s"
                                    .formatted(nextIndex, segment.firstIndex(), segment.name())));
        }
        nextIndex = segment.nextIndex();
    }

    private Optional<List<SegmentSpan>> below(ListRef list, Consumer<Finding> findings)
            throws IOException {
        try {
            return Optional.of(lists.read(shard, list));
        } catch (DamagedBlockException | RefusedException e) {
            findings.accept(new Finding(true, list.name(), ShardCheck.messageOf(e)));
        } catch (NoSuchFileException e) {
            findings.accept(new Finding(true, list.name(), "there is no such list"));
        }
        return Optional.empty();
    }

    private void check(SegmentRef segment, Consumer<Finding> findings) throws IOException {
        if (sound.contains(segment.name())) {
            return;
        }
        try {
            var reader = SegmentReader.open(objects, segment);
            if (!reader.shard().equals(shard)) {
                findings.accept(
                        new Finding(true, segment.name(), "it is one of shard " + reader.shard()));
                return;
            }
            long next = segment.firstIndex();
            while (next < segment.nextIndex()) {
                var blocks = reader.read(next, READ_BYTES);
                for (var block : blocks) {
                    if (block.firstIndex() > next) {
                        throw new DamagedBlockException("record " + next + " is missing");
                    }
                    next = block.nextIndex();
                }
                if (blocks.isEmpty()) {
                    throw new DamagedBlockException("record " + next + " is missing");
                }
            }
            sound.add(segment.name());
            read.accept(segment.storedBytes());
        } catch (DamagedBlockException e) {
            findings.accept(new Finding(true, segment.name(), ShardCheck.messageOf(e)));
        } catch (NoSuchFileException e) {
            findings.accept(new Finding(true, segment.name(), "there is no such segment"));
        }
    }
}
