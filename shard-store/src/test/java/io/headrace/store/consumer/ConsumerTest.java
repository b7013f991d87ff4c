package io.headrace.store.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ErrorCode;
import io.headrace.store.shard.Checkpoint;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsumerTest extends ConsumerFixture {
    @Test
    void aMemberReadsAllShardsInOrderAndGoesOnAfterARestart() throws Exception {
        addShard(0);
        addShard(1);
        append(0, 3);
        append(1, 2);
        var first = member("a", SETTINGS);
        run(first);
        assertThat(handled).containsExactly("0:0-3", "1:0-2");
        first.leave();
        append(0, 4);
        var second = member("b", SETTINGS);
        run(second);
        assertThat(handled).containsExactly("0:0-3", "1:0-2", "0:3-7");
    }

    @Test
    void oneDamagedCheckpointDoesNotStopTheOthersAndCanBeReset() throws Exception {
        addShard(0);
        addShard(1);
        append(0, 1);
        append(1, 1);
        var member = member("a", SETTINGS);
        run(member);
        var damaged = store.list("").stream().filter(name -> name.contains("/00000000/")).toList();
        store.flipBit(damaged.getFirst(), 300);
        nowMs += LEASE_MS / 2;
        append(1, 1);
        run(member);
        nowMs += LEASE_MS + 1;
        append(0, 1);
        append(1, 1);
        var other = member("b", SETTINGS);
        run(other);
        assertThat(handled).containsExactly("0:0-1", "1:0-1", "1:1-2", "1:2-3");
        assertThat(groups.damaged("app")).containsExactly(key(0));
        assertThat(groups.lag("app")).extracting(ShardLag::shard).containsExactly(key(1));
        groups.reset("app", List.of(key(0)), new StartPosition.TrimHorizon());
        assertThat(groups.damaged("app")).isEmpty();
        run(other);
        assertThat(handled).endsWith("0:0-2");
    }

    @Test
    void whoBeginsAgainAfterDeletionHasAHigherEpoch() throws Exception {
        addShard(0);
        var epochs = new ArrayList<Long>();
        for (int life = 0; life < 4; life++) {
            append(0, 1);
            var member =
                    member("m" + life, SETTINGS, (lease, records) -> epochs.add(lease.epoch()));
            run(member);
            member.leave();
            groups.delete("app");
            assertThat(groups.list()).isEmpty();
        }
        assertThat(epochs).hasSize(4).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void atTimeStartsAtTheFirstRecordThatArrivedThen() throws Exception {
        addShard(0);
        append(0, 3);
        nowMs += 100;
        append(0, 2);
        run(member("a", settings(new StartPosition.AtTime(nowMs - 50))));
        assertThat(handled).containsExactly("0:3-5");
    }

    @Test
    void recordsThatPassedRetentionAreSkipped() throws Exception {
        addShard(0);
        append(0, 3);
        append(0, 3);
        shards.trim(key(0), 4);
        run(member("a", SETTINGS));
        assertThat(handled).containsExactly("0:4-6");
    }

    @Test
    void aFailedHandlerGetsTheSameRecordsAgain() throws Exception {
        addShard(0);
        append(0, 3);
        var attempts = new ArrayList<Long>();
        RecordHandler flaky =
                (lease, records) -> {
                    attempts.add(records.nextIndex());
                    if (attempts.size() < 3) {
                        throw new IOException("sink is down");
                    }
                };
        var member = member("a", SETTINGS, flaky);
        member.balance();
        assertThat(member.step(key(0))).isEqualTo(ConsumerMember.Step.FAILED);
        assertThat(member.step(key(0))).isEqualTo(ConsumerMember.Step.FAILED);
        assertThat(checkpoints.load("app", key(0)).map(Checkpoint::index)).contains(0L);
        assertThat(member.step(key(0))).isEqualTo(ConsumerMember.Step.HANDLED);
        assertThat(attempts).containsExactly(3L, 3L, 3L);
        assertThat(checkpoints.load("app", key(0)).map(Checkpoint::index)).contains(3L);
    }

    @Test
    void oneDamagedShardDoesNotStopTheOthers() throws Exception {
        addShard(0);
        addShard(1);
        append(0, 1);
        append(1, 1);
        shards.setFailing(key(0), true);
        var member = member("a", SETTINGS);
        run(member);
        assertThat(handled).containsExactly("1:0-1");
        shards.setFailing(key(0), false);
        run(member);
        assertThat(handled).containsExactly("1:0-1", "0:0-1");
    }

    /** Wakes up after its lease ended and another went on: it must not take that back. */
    @Test
    void aMemberThatSleptTooLongCommitsNothing() throws Exception {
        addShard(0);
        append(0, 3);
        var other = member("b", SETTINGS);
        RecordHandler slow =
                (lease, records) -> {
                    nowMs += LEASE_MS + 1;
                    append(0, 2);
                    run(other);
                };
        var sleeper = member("a", SETTINGS, slow);
        sleeper.balance();
        assertThat(sleeper.step(key(0))).isEqualTo(ConsumerMember.Step.DROPPED);
        assertThat(handled).containsExactly("0:0-5");
        assertThat(checkpoints.load("app", key(0)))
                .contains(new Checkpoint(5, 2, "b", nowMs + LEASE_MS));
        assertThat(sleeper.held()).isEmpty();
    }

    @Test
    void aNewMemberGetsItsShareAndNeverReadsBesideTheOld() throws Exception {
        for (int i = 0; i < 6; i++) {
            addShard(i);
        }
        var old = member("a", SETTINGS);
        var fresh = member("b", SETTINGS);
        old.balance();
        assertThat(old.held()).hasSize(6);
        for (int round = 0; round < 12; round++) {
            fresh.balance();
            nowMs += LEASE_MS / 3;
            old.balance();
        }
        assertThat(old.held()).hasSize(3);
        assertThat(fresh.held()).hasSize(3).doesNotContainAnyElementsOf(old.held());
        old.leave();
        fresh.balance();
        assertThat(fresh.held()).hasSize(6);
    }

    @Test
    void commitsAreNoOftenerThanAskedButAQuietShardIsCommitted() throws Exception {
        addShard(0);
        var seldom = new ConsumerSettings(new StartPosition.TrimHorizon(), LEASE_MS, 1, 1, 100, 0);
        append(0, 3);
        var member = member("a", seldom);
        member.balance();
        member.step(key(0));
        member.step(key(0));
        assertThat(checkpoints.load("app", key(0)).map(Checkpoint::index)).contains(0L);
        nowMs += 100;
        member.step(key(0));
        assertThat(checkpoints.load("app", key(0)).map(Checkpoint::index)).contains(3L);
        append(0, 1);
        member.step(key(0));
        assertThat(checkpoints.load("app", key(0)).map(Checkpoint::index)).contains(3L);
        assertThat(member.step(key(0))).isEqualTo(ConsumerMember.Step.IDLE);
        assertThat(checkpoints.load("app", key(0)).map(Checkpoint::index)).contains(4L);
    }

    @Test
    void lagAndResetAndDelete() throws Exception {
        addShard(0);
        append(0, 3);
        var member = member("a", SETTINGS);
        run(member);
        append(0, 2);
        nowMs += 50;
        append(0, 4);
        assertThat(groups.list()).containsExactly("app");
        assertThat(groups.lag("app")).containsExactly(new ShardLag(key(0), 3, 9, 6, 50, "a"));
        assertRefused(
                () -> groups.reset("app", List.of(key(0)), new StartPosition.TrimHorizon()),
                ErrorCode.RESOURCE_IN_USE);
        assertRefused(() -> groups.delete("app"), ErrorCode.RESOURCE_IN_USE);
        nowMs += LEASE_MS;
        groups.reset("app", List.of(key(0)), new StartPosition.Latest());
        assertThat(groups.lag("app")).containsExactly(new ShardLag(key(0), 9, 9, 0, 0, ""));
        // The lease had only ended: its holder must not commit over the reset.
        assertThat(member.step(key(0))).isEqualTo(ConsumerMember.Step.IDLE);
        member.balance();
        append(0, 1);
        run(member);
        assertThat(handled).containsExactly("0:0-3", "0:9-10");
        member.leave();
        groups.delete("app");
        assertThat(groups.list()).isEmpty();
        assertRefused(() -> groups.lag("app"), ErrorCode.RESOURCE_NOT_FOUND);
    }

    @Test
    void aRunningMemberFollowsCommitsAndChildren() throws Exception {
        addShard(0);
        append(0, 2);
        var seen = new ConcurrentLinkedQueue<String>();
        var first = new CountDownLatch(1);
        var second = new CountDownLatch(2);
        var child = new CountDownLatch(3);
        RecordHandler handler =
                (lease, records) -> {
                    seen.add(text(lease, records));
                    first.countDown();
                    second.countDown();
                    child.countDown();
                };
        var tree = new ConcurrentLinkedQueue<>(nodes);
        var member =
                new ConsumerMember(
                        "app",
                        "a",
                        () -> List.copyOf(tree),
                        shards,
                        checkpoints,
                        handler,
                        ConsumerSettings.from(new StartPosition.TrimHorizon()),
                        InstantSource.system());
        try (var _ = new RunningMember(member, shards)) {
            assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
            append(0, 1);
            assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
            tree.add(new ShardTree.Node(key(1), List.of(key(0))));
            append(1, 5);
            shards.close(key(0)).join();
            assertThat(child.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen).containsExactly("0:0-2", "0:2-3", "1:0-5");
        assertThat(checkpoints.load("app", key(1)).map(Checkpoint::owner)).contains("");
        assertThat(checkpoints.load("app", key(1)).map(Checkpoint::index)).contains(5L);
    }
}
