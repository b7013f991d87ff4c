package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import io.headrace.store.crypt.TestKeys;
import io.headrace.store.journal.FaultyDisk;
import io.headrace.store.journal.FileJournals;
import io.headrace.store.object.FaultyStore;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.WatchedStore;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.AppendResult.Closed;
import io.headrace.store.shard.AppendResult.Committed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The whole log on one thread, a virtual clock and a disk that forgets, tears and fails: producers
 * append, readers read, and at any step the process may be killed or the power may go. The same
 * seed does the same.
 */
final class Simulation {
    private static final int SHARDS = 3;
    private static final int PRODUCERS = 4;
    static final int JOURNAL_FILE_BYTES = 32 << 10;
    static final int ENTRY_BYTES_MAX = 12 << 10;

    private final long seed;
    private final Random random;
    private final Mutation mutation;
    private final FaultyDisk disk;
    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore objects;
    private final List<Runnable> tasks = new ArrayList<>();
    private final List<ShardModel> models = new ArrayList<>();
    private final List<Producer> producers = new ArrayList<>();
    private final long retentionMs;
    private final boolean objectFaults;
    private final TestKeys keys;
    private boolean writing;
    private long nowMs = 1_700_000_000_000L;
    private long latestMs = nowMs;
    private long nanos;
    private int epoch;
    private ShardEngine engine;
    private int acknowledged;
    private int restarts;
    private int fences;
    private int segments;
    private int lists;
    private @Nullable AssertionError broken;

    /** Sends one append at a time, numbered; what it last got acknowledged must stay below. */
    private final class Producer {
        private final String name;
        private int sent;
        private final long[] lastIndex = new long[SHARDS];
        private @Nullable CompletableFuture<AppendResult> pending;

        Producer(String name) {
            this.name = name;
            java.util.Arrays.fill(lastIndex, -1);
        }

        void append() {
            if (pending != null) {
                return;
            }
            int shard = random.nextInt(SHARDS);
            var records = new ArrayList<String>();
            var data = new byte[1 + random.nextInt(4)][];
            for (int i = 0; i < data.length; i++) {
                var record = name + "-" + sent++ + "-" + "x".repeat(random.nextInt(600));
                records.add(record);
                data[i] = record.getBytes(StandardCharsets.US_ASCII);
            }
            int sentIn = epoch;
            var answer = engine.shards().append(models.get(shard).key, TestBlocks.batch(data));
            pending = answer;
            var _ =
                    answer.whenComplete((result, failure) -> {
                        // An answer after the crash is heard by nobody.
                        if (sentIn == epoch) {
                            pending = null;
                            noting(() -> answered(shard, records, result, failure));
                        }
                    });
        }

        private void answered(
                int shard,
                List<String> records,
                @Nullable AppendResult result,
                @Nullable Throwable failure) {
            var model = models.get(shard);
            if (result instanceof Committed(long firstIndex, long arrivalMs)) {
                model.acknowledged(records, firstIndex, arrivalMs, lastIndex[shard]);
                lastIndex[shard] = firstIndex + records.size() - 1;
                acknowledged++;
            } else if (result instanceof Closed) {
                Promise.CLOSED_STAYS_CLOSED.require(closing[shard], "an open shard says closed");
                model.refused(records);
            } else if (Observations.codeOf(failure) != ErrorCode.INTERNAL_FAILURE) {
                model.refused(records);
            }
        }

        void forget() {
            pending = null;
        }
    }

    private final boolean[] closing = new boolean[SHARDS];

    Simulation(long seed, Mutation mutation) throws IOException {
        this.seed = seed;
        this.random = new Random(seed * 0x9e37_79b9_7f4a_7c15L + 1);
        this.mutation = mutation;
        this.disk = new FaultyDisk(random);
        this.objects = new FaultyStore(memory, random, FaultyStore.Faults.NONE);
        this.objectFaults = random.nextInt(3) == 0;
        this.keys = new TestKeys(seed, random.nextInt(4) == 0);
        this.retentionMs = random.nextInt(4) == 0 ? 20_000 : Long.MAX_VALUE;
        for (int i = 0; i < SHARDS; i++) {
            models.add(new ShardModel(new ShardKey(seed, i)));
        }
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(new Producer("p" + i));
        }
        engine = open();
    }

    /** Runs so many steps, then lets everything settle and reads it all. */
    Outcome run(int steps) throws IOException {
        try (keys) {
            return runAll(steps);
        }
    }

    private Outcome runAll(int steps) throws IOException {
        for (int i = 0; i < steps; i++) {
            step();
            throwNoted();
        }
        stopFaults();
        settle();
        readAll();
        restart(random.nextInt(3));
        readAll();
        throwNoted();
        lists += (int) memory.list("shards/").stream().filter(n -> n.contains("/lists/")).count();
        Promise.SEALED_ONCE.require(keys.problem().isEmpty(), keys.problem().orElse(""));
        return new Outcome(
                seed,
                acknowledged,
                restarts,
                fences,
                segments,
                lists,
                keys.sealedBlocks(),
                disk.fingerprint() * 31 + Observations.fingerprint(memory));
    }

    private void step() throws IOException {
        nanos += random.nextInt(3_000_000);
        int dice = random.nextInt(1000);
        if (dice < 250) {
            producers.get(random.nextInt(PRODUCERS)).append();
        } else if (dice < 480) {
            writeStep();
        } else if (dice < 640) {
            engine.syncStep();
        } else if (dice < 800) {
            runTask();
        } else if (dice < 900) {
            read(random.nextInt(SHARDS));
        } else if (dice < 940) {
            engine.maintenanceStep();
            engine.prepareStep();
        } else if (dice < 970) {
            nowMs += random.nextInt(2000);
            latestMs = Math.max(latestMs, nowMs);
        } else if (dice < 974) {
            // Clocks also go back.
            nowMs -= random.nextInt(5000);
        } else if (dice < 980) {
            findByArrival(random.nextInt(SHARDS));
        } else if (dice < 985) {
            restart(random.nextInt(3));
        } else if (dice < 988) {
            disk.failNextSync();
        } else if (dice < 990) {
            disk.failNextWrite();
        } else if (dice < 993) {
            disk.setFull(random.nextBoolean());
            objects.setFull(random.nextInt(3) == 0);
            keys.setGone(random.nextInt(3) == 0);
            keys.rotate();
        } else if (dice < 994) {
            close(random.nextInt(SHARDS));
        } else if (objectFaults) {
            objects.setFaults(
                    switch (random.nextInt(4)) {
                        case 0 -> new FaultyStore.Faults(0.1, 0.1, 0, 0.1);
                        // So bad that no retry helps, and what was done is not heard of.
                        case 1 -> new FaultyStore.Faults(0.6, 0.35, 0, 0);
                        default -> FaultyStore.Faults.NONE;
                    });
        }
    }

    private boolean writeStep() {
        writing = true;
        try {
            return engine.writeStep();
        } finally {
            writing = false;
        }
    }

    private void onKeyAccess() {
        noting(() -> Promise.SEALED_ONCE.require(!writing, "the committer waits for a key"));
    }

    private void runTask() {
        if (!tasks.isEmpty()) {
            tasks.remove(random.nextInt(tasks.size())).run();
        }
    }

    private void read(int shard) {
        var model = models.get(shard);
        long from = random.nextInt((int) model.nextIndex() + 2);
        int askedIn = epoch;
        long cutoffMs = cutoffMs();
        var answer =
                engine.shards()
                        .read(model.key, from, 1 + random.nextInt(30), 1 + random.nextInt(5000));
        var _ =
                answer.whenComplete((result, failure) -> {
                    if (askedIn == epoch && failure == null) {
                        noting(() ->
                                model.read(from, result, Math.min(cutoffMs, cutoffMs()), goneMs()));
                    }
                });
    }

    private void findByArrival(int shard) {
        var model = models.get(shard);
        long arrivalMs = nowMs - random.nextInt(30_000);
        int askedIn = epoch;
        long nextBefore = model.nextIndex();
        var _ =
                engine.shards()
                        .indexAt(model.key, arrivalMs)
                        .whenComplete((index, failure) -> {
                            if (askedIn == epoch && failure == null && index < nextBefore) {
                                noting(() -> model.foundByArrival(arrivalMs, index, goneMs()));
                            }
                        });
    }

    private void close(int shard) {
        closing[shard] = true;
        int askedIn = epoch;
        var model = models.get(shard);
        var _ =
                engine.shards()
                        .close(model.key)
                        .whenComplete((bounds, failure) -> {
                            if (askedIn == epoch && failure == null) {
                                noting(() -> model.closed(bounds.nextIndex()));
                            }
                        });
    }

    /** 0: the power goes, 1: the process is killed, 2: it ends as it should. */
    private void restart(int how) throws IOException {
        restarts++;
        boolean clean = how == 2;
        if (clean) {
            stopFaults();
            settle();
            engine.close();
        }
        epoch++;
        tasks.clear();
        producers.forEach(Producer::forget);
        if (how == 0) {
            disk.crash();
        } else {
            disk.kill();
        }
        for (int attempt = 0; ; attempt++) {
            try {
                engine = open();
                return;
            } catch (IOException e) {
                // A start may fail as the disk does, but not for good.
                if (attempt > 10) {
                    throw new Promise.Broken(Promise.STARTS_AGAIN, e.toString());
                }
                disk.kill();
                stopFaults();
            }
        }
    }

    /** A future would swallow what is thrown while it completes. */
    private void noting(Runnable check) {
        try {
            check.run();
        } catch (AssertionError e) {
            if (broken == null) {
                broken = e;
            }
        }
    }

    private void throwNoted() {
        var noted = broken;
        if (noted != null) {
            throw noted;
        }
    }

    private void stopFaults() {
        disk.stopFailing();
        objects.setFull(false);
        keys.setGone(false);
        objects.setFaults(FaultyStore.Faults.NONE);
    }

    /** Until nothing is under way. */
    private void settle() {
        for (int i = 0; i < 50; i++) {
            nanos += 200_000_000;
            boolean worked = writeStep();
            worked |= engine.syncStep();
            worked |= engine.maintenanceStep();
            while (!tasks.isEmpty()) {
                worked = true;
                runTask();
            }
            if (!worked && i > 5) {
                break;
            }
        }
        for (var producer : producers) {
            Promise.READABLE.require(producer.pending == null, "an append is never answered");
        }
    }

    private void readAll() {
        for (var model : models) {
            var indexes = new HashSet<Long>();
            for (long index = 0; ; ) {
                long cutoffMs = cutoffMs();
                var answer = engine.shards().read(model.key, index, 100, 10_000);
                while (!tasks.isEmpty()) {
                    runTask();
                }
                ReadResult result;
                try {
                    result = answer.join();
                } catch (CompletionException e) {
                    throw new Promise.Broken(
                            Promise.READABLE, "%d of %s: %s".formatted(index, model.key, e));
                }
                model.read(index, result, cutoffMs, goneMs());
                for (var slice : result.slices()) {
                    for (long i = slice.fromIndex(); i < slice.toIndex(); i++) {
                        indexes.add(i);
                    }
                }
                index = result.nextIndex();
                if (index >= result.bounds().nextIndex()) {
                    break;
                }
            }
            model.complete(indexes, goneMs());
        }
    }

    private ShardEngine open() throws IOException {
        var journals =
                mutation.of(
                        new FileJournals(
                                mutation.of(disk),
                                objects,
                                random,
                                JOURNAL_FILE_BYTES,
                                ENTRY_BYTES_MAX));
        return ShardEngine.open(
                new ShardEngine.Seams(
                        objects,
                        journals,
                        shard -> retentionMs,
                        keys.newProcess(new WatchedStore(objects, this::onKeyAccess)),
                        () -> Instant.ofEpochMilli(nowMs),
                        () -> nanos,
                        random,
                        new Events()),
                SimulationSettings.SMALL,
                new EngineThreads(tasks::add, tasks::add, tasks::add, Runnable::run, () -> {}),
                SimulationSettings.foldingOf(seed));
    }

    private final class Events implements StoreEvents {
        @Override
        public void fenced(Exception cause) {
            fences++;
        }

        @Override
        public void compacted(ShardKey shard, long rawBytes, long storedBytes, long took) {
            segments++;
        }
    }

    /** What arrived before must not be served. */
    private long cutoffMs() {
        return retentionMs == Long.MAX_VALUE ? Long.MIN_VALUE : nowMs - retentionMs;
    }

    /** What arrived before may be gone: the clock may have gone back since. */
    private long goneMs() {
        return retentionMs == Long.MAX_VALUE ? Long.MIN_VALUE : latestMs - retentionMs;
    }
}
