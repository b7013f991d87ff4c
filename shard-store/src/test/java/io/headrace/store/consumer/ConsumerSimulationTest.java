package io.headrace.store.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.object.FaultyStore;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.Checkpoint;
import io.headrace.store.shard.ReadResult;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Members that stop, sleep and come back, on a store that fails, over shards that split. */
@Timeout(60)
class ConsumerSimulationTest {
    private static final long LEASE_MS = 900;

    private long nowMs = 1_000_000;
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMs);
    private final Random random = new Random();
    private final FakeShards shards = new FakeShards(clock);
    private final List<ShardTree.Node> nodes = new ArrayList<>();
    private final MemoryStore store = new MemoryStore();
    private final FaultyStore faulty =
            new FaultyStore(store, random, new FaultyStore.Faults(0.02, 0.03, 0.02, 0.02));
    private final ObjectCheckpoints checkpoints = new ObjectCheckpoints(store);
    private final ObjectCheckpoints unsafe = new ObjectCheckpoints(faulty);
    private final List<ConsumerMember> members = new ArrayList<>();
    private final Map<ShardKey, Long> next = new HashMap<>();
    private final Map<ShardKey, Long> epochs = new HashMap<>();
    private final Map<ShardKey, Long> committed = new HashMap<>();
    private StartPosition start = new StartPosition.TrimHorizon();
    private boolean asleep;
    private int owners;
    private int numbers = 2;

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyRecordIsHandledInOrderAndNoPlaceGoesBack(long seed) throws Exception {
        random.setSeed(seed);
        begin(seed);
        for (int step = 0; step < 250; step++) {
            step();
            noPlaceWentBack();
        }
        faulty.settle();
        faulty.setFaults(FaultyStore.Faults.NONE);
        finish();
    }

    private void begin(long seed) throws Exception {
        addShard(0);
        addShard(1);
        // From here on nothing may be left out, wherever a consumer starts.
        start = seed % 2 == 0 ? new StartPosition.TrimHorizon() : new StartPosition.Latest();
        for (int i = 0; i < 3; i++) {
            members.add(newMember());
        }
        while (checkpoints.shards("app").size() < 2) {
            run(members.getFirst());
        }
    }

    /** Up to three rounds of splits, and perhaps a merge, before any member looks again. */
    private void reshape(int number) {
        int first = numbers;
        splitOpen(number);
        for (int rounds = random.nextInt(3); rounds > 0; rounds--) {
            int before = numbers;
            for (int child = first; child < before; child++) {
                // Many end as empty as they began.
                if (random.nextInt(3) == 0) {
                    append(child, 1 + random.nextInt(3));
                }
                splitOpen(child);
            }
            first = before;
        }
        if (numbers > first + 1 && random.nextBoolean()) {
            shards.close(key(first)).join();
            shards.close(key(first + 1)).join();
            nodes.add(new ShardTree.Node(key(numbers++), List.of(key(first), key(first + 1))));
        }
    }

    private void splitOpen(int number) {
        if (!shards.bounds(key(number)).join().closed()) {
            split(number, numbers, numbers + 1);
            numbers += 2;
        }
    }

    private ConsumerMember newMember() {
        return new ConsumerMember(
                "app",
                "member-" + owners++,
                () -> List.copyOf(nodes),
                shards,
                unsafe,
                this::check,
                new ConsumerSettings(
                        start, LEASE_MS, 1 + random.nextInt(4), 1, random.nextInt(200), 0),
                clock);
    }

    private void step() throws Exception {
        nowMs += random.nextInt((int) LEASE_MS / 10);
        int number = random.nextInt(numbers);
        switch (random.nextInt(10)) {
            case 0 -> append(number, 1 + random.nextInt(4));
            case 1 -> {
                if (numbers < 8 && random.nextInt(6) == 0) {
                    reshape(number);
                }
            }
            case 2 -> {
                // A crash: what was not committed is handled again.
                if (random.nextInt(4) == 0) {
                    members.set(random.nextInt(members.size()), newMember());
                }
            }
            default -> run(members.get(random.nextInt(members.size())));
        }
    }

    private void run(ConsumerMember member) throws Exception {
        try {
            member.balance();
        } catch (IOException e) {
            assertThat(e).isNotNull();
        }
        for (var shard : member.held()) {
            member.step(shard);
        }
    }

    /** Called as the handler. */
    private void check(RecordHandler.Lease lease, ReadResult records) throws Exception {
        var shard = lease.shard();
        long expected = next.getOrDefault(shard, 0L);
        assertThat(records.slices().getFirst().fromIndex())
                .as("no record is left out of %s", shard)
                .isLessThanOrEqualTo(expected);
        assertThat(lease.epoch())
                .as("who reads %s holds the newest lease", shard)
                .isGreaterThanOrEqualTo(epochs.getOrDefault(shard, 0L));
        epochs.put(shard, lease.epoch());
        next.put(shard, Math.max(expected, records.nextIndex()));
        checkParents(shard);
        if (!asleep && random.nextInt(20) == 0) {
            // We fall asleep in the handler, and others go on in the meantime.
            asleep = true;
            nowMs += LEASE_MS + 1;
            for (var member : members) {
                run(member);
            }
            asleep = false;
        }
    }

    private void checkParents(ShardKey shard) {
        for (var node : nodes) {
            if (node.shard().equals(shard)) {
                for (var parent : node.parents()) {
                    assertThat(next.getOrDefault(parent, 0L))
                            .as("%s is read before %s", parent, shard)
                            .isEqualTo(shards.bounds(parent).join().nextIndex());
                    // An empty parent tells nothing of what came before it.
                    checkParents(parent);
                }
            }
        }
    }

    private boolean allCommitted() throws IOException {
        boolean all = true;
        for (int number = 0; number < numbers; number++) {
            var index = checkpoints.load("app", key(number)).map(Checkpoint::index);
            all &= index.orElse(-1L) == shards.bounds(key(number)).join().nextIndex();
        }
        return all;
    }

    private void noPlaceWentBack() throws IOException {
        for (var shard : checkpoints.shards("app")) {
            long index = checkpoints.load("app", shard).orElseThrow().index();
            assertThat(index).isGreaterThanOrEqualTo(committed.getOrDefault(shard, 0L));
            assertThat(index).isLessThanOrEqualTo(next.getOrDefault(shard, 0L));
            committed.put(shard, index);
        }
    }

    private void finish() throws Exception {
        for (int round = 0; round < 400 && !allCommitted(); round++) {
            nowMs += LEASE_MS / 3;
            for (var member : members) {
                run(member);
            }
        }
        for (int number = 0; number < numbers; number++) {
            long end = shards.bounds(key(number)).join().nextIndex();
            assertThat(next.getOrDefault(key(number), 0L)).isEqualTo(end);
            assertThat(checkpoints.load("app", key(number)).map(Checkpoint::index)).contains(end);
        }
    }

    private static ShardKey key(int number) {
        return new ShardKey(1, number);
    }

    private void addShard(int number) {
        nodes.add(new ShardTree.Node(key(number), List.of()));
    }

    private void split(int number, int left, int right) {
        shards.close(key(number)).join();
        nodes.add(new ShardTree.Node(key(left), List.of(key(number))));
        nodes.add(new ShardTree.Node(key(right), List.of(key(number))));
    }

    private void append(int number, int records) {
        shards.append(key(number), TestBlocks.batch(new byte[records][1])).join();
    }
}
