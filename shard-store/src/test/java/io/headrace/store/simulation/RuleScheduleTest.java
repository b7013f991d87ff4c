package io.headrace.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headrace.store.journal.Journal;
import io.headrace.store.journal.ObjectJournals;
import io.headrace.store.journal.Rule;
import io.headrace.store.journal.Rules;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.object.VersionedObject.Looks;
import io.headrace.store.record.Block;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.simulation.Scheduler.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Schedules written by hand, for the rules that random runs hardly ever need: each is kept with the
 * rule, and broken without it.
 */
@Timeout(60)
class RuleScheduleTest {
    /** For what the schedules leave open; with this seed each shows what it is to. */
    private final Random random = new Random(2);

    private final MemoryStore objects = new MemoryStore();
    private final Scheduler scheduler = new Scheduler(random, Trace.silent());
    private final RoughStore store = new RoughStore(objects, scheduler, random, Trace.silent());
    private final Scheduler.Machine machine = scheduler.machine("m");
    private final AtomicReference<Journal> journal = new AtomicReference<>();

    @AfterEach
    void end() {
        scheduler.close();
    }

    /** Something that runs on a strand. */
    private interface Work {
        void run() throws IOException;
    }

    @Test
    void whatLandsAboveTheSealIsReadByNobody() {
        assertThat(entriesSeenAboveASeal(Rules.ALL)).containsExactly(0L, 1L);
        assertThat(entriesSeenAboveASeal(Rules.without(Rule.READ_BELOW_SEAL))).contains(3L);
    }

    /** Entries 2 and 3 are under way when the journal is sealed; 3 lands, void, above the seal. */
    private List<Long> entriesSeenAboveASeal(Rules rules) {
        var writer = journals(rules, false);
        finish(() -> {
            journal.set(writer.begin());
            journal.get().append(List.of(block(0)));
            journal.get().append(List.of(block(1)));
        });
        settle();
        finish(() -> {
            journal.get().append(List.of(block(2)));
            journal.get().append(List.of(block(3)));
        });
        var id = journal.get().id();
        var sealed = new AtomicLong();
        finish(() -> sealed.set(journals(rules, true).seal(id)));
        assertThat(sealed).hasValue(2);
        settle();
        var seen = new ArrayList<Long>();
        finish(() -> journals(rules, true).walk(id, 0, 2, (index, rows) -> seen.add(index)));
        return seen;
    }

    @Test
    void aTombstoneCountsOnlyAboveTheFloor() {
        var kept = sealWhileTheWriterTrims(Rules.ALL);
        assertThat(kept.sealed()).containsExactly(3L, 3L);
        assertThat(kept.acknowledged()).isEqualTo(3);
        var broken = sealWhileTheWriterTrims(Rules.without(Rule.FLOOR_AGAIN));
        // Two believe that it ended, and it goes on.
        assertThat(broken.sealed()).containsExactly(0L, 0L);
        assertThat(broken.acknowledged()).isEqualTo(4);
    }

    private record Sealing(List<Long> sealed, long acknowledged) {}

    /**
     * Two read the floor, then the writer gives the entries above it back, then both look for the
     * end from there on: one puts its tombstone where the first entry was, the other finds it.
     */
    private Sealing sealWhileTheWriterTrims(Rules rules) {
        var writer = journals(rules, true);
        finish(() -> {
            journal.set(writer.begin());
            for (int i = 0; i < 3; i++) {
                journal.get().append(List.of(block(i)));
            }
            journal.get().sync();
        });
        var id = journal.get().id();
        var first = new AtomicLong(-1);
        var second = new AtomicLong(-1);
        var sealer = start(() -> first.set(journals(rules, true).seal(id)));
        var finder = start(() -> second.set(journals(rules, true).seal(id)));
        var firstEntry = "read journal/%s/entry/".formatted(id);
        scheduler.runUntil(sealer, firstEntry);
        scheduler.runUntil(finder, firstEntry);
        finish(() -> writer.trim(id, 3));
        scheduler.runUntil(sealer, "create journal/%s/entry/%019d".formatted(id, 0));
        scheduler.runUntil(
                sealer, rules.hold(Rule.FLOOR_AGAIN) ? "list" : "create journal/" + id + "/seal");
        scheduler.finish(finder);
        scheduler.finish(sealer);
        finish(() -> {
            journal.get().append(List.of(block(3)));
            try {
                journal.get().sync();
            } catch (IOException e) {
                // It was ended.
            }
        });
        return new Sealing(List.of(first.get(), second.get()), journal.get().durableBefore());
    }

    @Test
    void aVersionThatCameBackIsNotTheNewest() throws IOException {
        assertThat(newestWhileAnOldOneComesBack(Looks.ALL)).isEqualTo("two");
        assertThat(newestWhileAnOldOneComesBack(new Looks(false, true))).isEqualTo("ghost");
    }

    /**
     * A reader has listed version 1 and not read it; then version 2 is created and 1 removed, and
     * what another sent for version 1, and lost with, lands in its place.
     */
    private String newestWhileAnOldOneComesBack(Looks looks) throws IOException {
        var prefix = "versions-" + looks.afterRead() + "/";
        var ghosts = new MemoryStore();
        VersionedObject.create(ghosts, prefix, 1, bytes("ghost"));
        var name = ghosts.list(prefix).getFirst();
        finish(() -> VersionedObject.create(store, prefix, 1, bytes("one")));
        var read = new AtomicReference<>("");
        var reader =
                start(() ->
                        read.set(text(VersionedObject.newest(store, prefix, looks).orElseThrow())));
        scheduler.runUntil(reader, "get " + name);
        finish(() -> {
            VersionedObject.create(store, prefix, 2, bytes("two"));
            VersionedObject.collect(store, prefix);
        });
        objects.createIfAbsent(name, ghosts.get(name).orElseThrow());
        scheduler.finish(reader);
        return read.get();
    }

    @Test
    void onesOwnJournalIsSealedLikeAnyOther() {
        assertThat(acknowledgedBehindTheSealOfOnesOwn(Rules.ALL)).isZero();
        assertThat(acknowledgedBehindTheSealOfOnesOwn(Rules.without(Rule.SEAL_OWN))).isEqualTo(1);
    }

    /** A write is under way when its own process looks for the end of the journal. */
    private long acknowledgedBehindTheSealOfOnesOwn(Rules rules) {
        var journals = journals(rules, false);
        finish(() -> {
            journal.set(journals.begin());
            journal.get().append(List.of(block(0)));
        });
        var sealed = new AtomicLong(-1);
        finish(() -> sealed.set(journals.seal(journal.get().id())));
        assertThat(sealed).hasValue(0);
        settle();
        finish(() -> {
            try {
                journal.get().sync();
            } catch (IOException e) {
                // It was ended.
            }
        });
        return journal.get().durableBefore() - sealed.get();
    }

    /**
     * @param inline whether an append returns only when its entry is settled; else that takes a
     *     strand of its own, which stands until {@link #settle}
     */
    private ObjectJournals journals(Rules rules, boolean inline) {
        return new ObjectJournals(
                store,
                new ObjectJournals.Seams(
                        inline ? Runnable::run : machine.executor("writes an entry"),
                        Runnable::run,
                        random,
                        scheduler.ticker(),
                        scheduler::signal),
                new ObjectJournals.Settings(1 << 10, 1_000_000_000, 0),
                rules);
    }

    private Strand start(Work work) {
        return machine.start(
                "works",
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        fail("the store is calm", e);
                    }
                });
    }

    private void finish(Work work) {
        scheduler.finish(start(work));
    }

    private void settle() {
        while (scheduler.step()) {
            // On to the end.
        }
    }

    private static Block block(int index) {
        return TestBlocks.block(TestBlocks.batch(bytes("record " + index).array()), 1, index, 1);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(VersionedObject.Version version) {
        return StandardCharsets.US_ASCII.decode(version.content()).toString();
    }
}
