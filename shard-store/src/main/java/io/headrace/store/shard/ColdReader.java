package io.headrace.store.shard;

import io.headrace.store.record.Block;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.segment.SegmentRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what is not in memory, from the journal and from segments, and checks every byte of it. Any
 * thread may call; every method blocks.
 */
final class ColdReader {
    /** Blocks move at most once from the journal to a segment, and segments are merged rarely. */
    private static final int ATTEMPTS_MAX = 8;

    private static final long JOURNAL_BYTES_MAX = 4 << 20;

    private final Segments segments;
    private final SegmentLists lists;
    private final BlockCipher cipher;
    private final HotTier hot;

    /** Without a hot tier. */
    ColdReader(Segments segments, SegmentLists lists, BlockCipher cipher) {
        this(segments, lists, cipher, HotTier.NONE);
    }

    ColdReader(Segments segments, SegmentLists lists, BlockCipher cipher, HotTier hot) {
        this.segments = segments;
        this.lists = lists;
        this.cipher = cipher;
        this.hot = hot;
    }

    /**
     * What {@code slices} wants from {@code firstWanted} on; something, if anything is there.
     *
     * @throws DamagedBlockException if it cannot be had undamaged
     */
    void read(ShardLog log, long firstWanted, Slices slices, int bytesMax) throws IOException {
        for (int attempt = 1; ; attempt++) {
            // Retention may have passed it since.
            long fromIndex = Math.max(firstWanted, log.bounds().firstIndex());
            if (log.readCached(fromIndex, slices, bytesMax)) {
                return;
            }
            var source = log.sourceOf(fromIndex, Math.min(bytesMax, JOURNAL_BYTES_MAX));
            Optional<List<Block>> blocks;
            try {
                blocks = load(log, source, fromIndex, bytesMax);
            } catch (IOException | DamagedBlockException e) {
                // It may have been moved while we read; only what is still there is damaged.
                if (attempt < ATTEMPTS_MAX
                        && !source.equals(
                                log.sourceOf(fromIndex, Math.min(bytesMax, JOURNAL_BYTES_MAX)))) {
                    continue;
                }
                throw e;
            }
            if (blocks.isPresent()) {
                for (var block : blocks.get()) {
                    if (!slices.add(cipher.decrypt(block))) {
                        break;
                    }
                }
                return;
            }
            if (attempt == ATTEMPTS_MAX) {
                throw new IOException(log + " moves record " + fromIndex + " again and again");
            }
        }
    }

    /** The first kept record that arrived at {@code arrivalMs} or later, else the next index. */
    long indexAt(ShardLog log, long arrivalMs) throws IOException {
        for (int attempt = 1; ; attempt++) {
            var place = log.arrivalAt(arrivalMs);
            if (place.segment().isEmpty()) {
                return place.index();
            }
            try {
                var segment =
                        lists.first(
                                log.key,
                                place.segment().get(),
                                span ->
                                        span.lastArrivalMs() >= arrivalMs
                                                && span.nextIndex() > place.index());
                if (segment.firstArrivalMs() >= arrivalMs) {
                    return segment.firstIndex();
                }
                return segments.reader(segment).indexAt(arrivalMs).orElse(segment.nextIndex());
            } catch (IOException | DamagedBlockException e) {
                if (attempt == ATTEMPTS_MAX || place.equals(log.arrivalAt(arrivalMs))) {
                    throw e;
                }
            }
        }
    }

    /** The block as it is stored, checked; its body may be encrypted. */
    Block stored(ShardLog log, Source.Location location) throws IOException {
        var cached = log.cachedAsStored(location);
        return cached.isPresent() ? cached.get() : fromJournal(log, location);
    }

    private Optional<List<Block>> load(ShardLog log, Source source, long fromIndex, int bytesMax)
            throws IOException {
        return switch (source) {
            case Source.AtHand() -> Optional.empty();
            case Source.InSegment(var span, var wantedIndex) -> {
                var segment = lists.first(log.key, span, part -> part.nextIndex() > wantedIndex);
                yield Optional.of(
                        segments.read(
                                log.key, segment, fromIndex, bytesMax, read -> after(log, read)));
            }
            case Source.InJournal(var locations) -> {
                var blocks = new ArrayList<>(hot(log, locations));
                for (var location : locations.subList(blocks.size(), locations.size())) {
                    blocks.add(fromJournal(log, location));
                }
                yield Optional.of(blocks);
            }
        };
    }

    private Optional<SegmentRef> after(ShardLog log, SegmentRef segment) {
        return log.sourceOf(segment.nextIndex(), 0)
                        instanceof Source.InSegment(var span, var wantedIndex)
                ? lists.firstKnown(span, part -> part.nextIndex() > wantedIndex)
                : Optional.empty();
    }

    /** As many of the first of these blocks as are hot, and just what the journal has there. */
    private List<Block> hot(ShardLog log, List<Source.Location> locations) {
        var found = hot.from(log.key, locations.getFirst().firstIndex());
        int same = 0;
        while (same < Math.min(found.size(), locations.size())
                && isAt(found.get(same), log, locations.get(same))) {
            same++;
        }
        return found.subList(0, same);
    }

    private static boolean isAt(Block block, ShardLog log, Source.Location location) {
        return block.shard().equals(log.key)
                && block.firstIndex() == location.firstIndex()
                && block.length() == location.length()
                && block.epoch() == location.run().epoch();
    }

    private static Block fromJournal(ShardLog log, Source.Location location) throws IOException {
        var journal = location.run().journal();
        Block block;
        try {
            block = Block.read(journal.read(location.position(), location.length()));
        } catch (DamagedBlockException e) {
            throw new DamagedBlockException(
                    e.getMessage() + " at " + journal.describe(location.position()), e);
        }
        if (!block.shard().equals(log.key)
                || block.firstIndex() != location.firstIndex()
                || block.epoch() != location.run().epoch()) {
            throw new DamagedBlockException(
                    "block %s stands where %s had record %d, at %s"
                            .formatted(
                                    block,
                                    log,
                                    location.firstIndex(),
                                    journal.describe(location.position())));
        }
        return block;
    }
}
