package io.headrace.store.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.record.TestBlocks;
import io.headrace.store.shard.ReadResult;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Members of a consumer over shards in memory, one look at a time. */
abstract class ConsumerFixture {
    static final long LEASE_MS = 900;
    static final ConsumerSettings SETTINGS = settings(new StartPosition.TrimHorizon());

    long nowMs = 1_000_000;
    final InstantSource clock = () -> Instant.ofEpochMilli(nowMs);
    final FakeShards shards = new FakeShards(clock);
    final List<ShardTree.Node> nodes = new ArrayList<>();
    final MemoryStore store = new MemoryStore();
    final ObjectCheckpoints checkpoints = new ObjectCheckpoints(store);
    final ConsumerGroups groups = new ConsumerGroups(shards, checkpoints, clock);
    final List<String> handled = new ArrayList<>();

    static ConsumerSettings settings(StartPosition start) {
        return new ConsumerSettings(start, LEASE_MS, 100, 1 << 20, 0, 0);
    }

    ConsumerMember member(String owner, ConsumerSettings settings) {
        return member(owner, settings, (lease, records) -> handled.add(text(lease, records)));
    }

    ConsumerMember member(String owner, ConsumerSettings settings, RecordHandler handler) {
        return new ConsumerMember(
                "app",
                owner,
                () -> List.copyOf(nodes),
                shards,
                checkpoints,
                handler,
                settings,
                clock);
    }

    static void run(ConsumerMember member) throws IOException, InterruptedException {
        member.balance();
        for (var shard : member.held().stream().sorted().toList()) {
            var step = ConsumerMember.Step.HANDLED;
            while (step == ConsumerMember.Step.HANDLED) {
                step = member.step(shard);
            }
        }
    }

    static void runOften(ConsumerMember member) throws Exception {
        for (int round = 0; round < 5; round++) {
            run(member);
        }
    }

    void drop(int number) {
        shards.delete(key(number)).join();
        nodes.removeIf(node -> node.shard().equals(key(number)));
    }

    static String text(RecordHandler.Lease lease, ReadResult records) {
        return "%d:%d-%d"
                .formatted(
                        lease.shard().number(),
                        records.slices().getFirst().fromIndex(),
                        records.nextIndex());
    }

    static ShardKey key(int number) {
        return new ShardKey(1, number);
    }

    void addShard(int number) {
        nodes.add(new ShardTree.Node(key(number), List.of()));
    }

    void split(int number, int left, int right) {
        shards.close(key(number)).join();
        nodes.add(new ShardTree.Node(key(left), List.of(key(number))));
        nodes.add(new ShardTree.Node(key(right), List.of(key(number))));
    }

    void append(int number, int records) {
        if (records > 0) {
            shards.append(key(number), TestBlocks.batch(new byte[records][1])).join();
        }
    }

    interface Call {
        void run() throws Exception;
    }

    static void assertRefused(Call call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
