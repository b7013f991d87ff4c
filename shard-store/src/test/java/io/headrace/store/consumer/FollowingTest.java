package io.headrace.store.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.record.TestBlocks;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which shards a member reads, and from where, as a stream is split, merged and deleted. */
@Timeout(60)
class FollowingTest extends ConsumerFixture {
    @Test
    void childrenAreReadAfterTheirParents() throws Exception {
        addShard(0);
        addShard(1);
        append(0, 3);
        append(1, 1);
        var member = member("a", SETTINGS);
        run(member);
        append(0, 1);
        split(0, 2, 3);
        append(2, 5);
        member.balance();
        // Shard 0 has ended, but its end was not read yet.
        assertThat(member.held()).contains(key(0)).doesNotContain(key(2), key(3));
        run(member);
        run(member);
        assertThat(handled).containsExactly("0:0-3", "1:0-1", "0:3-4", "2:0-5");
        shards.close(key(1)).join();
        shards.close(key(3)).join();
        nodes.add(new ShardTree.Node(key(4), List.of(key(1), key(3))));
        append(4, 1);
        run(member);
        run(member);
        assertThat(handled).endsWith("4:0-1");
    }

    @Test
    void latestStartsBehindWhatIsThereButReadsNewChildrenWhole() throws Exception {
        addShard(0);
        append(0, 3);
        var member = member("a", settings(new StartPosition.Latest()));
        run(member);
        assertThat(handled).isEmpty();
        append(0, 1);
        split(0, 1, 2);
        append(1, 2);
        run(member);
        run(member);
        assertThat(handled).containsExactly("0:3-4", "1:0-2");
    }

    @Test
    void latestOnAStreamThatWasSplitSkipsTheParents() throws Exception {
        addShard(0);
        append(0, 3);
        split(0, 1, 2);
        append(1, 2);
        var member = member("a", settings(new StartPosition.Latest()));
        run(member);
        append(1, 1);
        run(member);
        assertThat(handled).containsExactly("1:2-3");
    }

    /** A reshape of more rounds than one, between two looks of the member. */
    @Test
    void latestReadsGrandchildrenWhole() throws Exception {
        addShard(0);
        append(0, 3);
        var member = member("a", settings(new StartPosition.Latest()));
        run(member);
        split(0, 1, 2);
        split(1, 3, 4);
        split(2, 5, 6);
        for (int number = 3; number <= 6; number++) {
            append(number, number);
        }
        runOften(member);
        assertThat(handled).containsExactlyInAnyOrder("3:0-3", "4:0-4", "5:0-5", "6:0-6");
    }

    @Test
    void latestReadsGrandchildrenWholeAfterRetentionTookTheirParents() throws Exception {
        addShard(0);
        append(0, 3);
        var member = member("a", settings(new StartPosition.Latest()));
        run(member);
        split(0, 1, 2);
        split(1, 3, 4);
        append(2, 2);
        append(4, 4);
        drop(0);
        drop(1);
        runOften(member);
        assertThat(handled).containsExactlyInAnyOrder("2:0-2", "4:0-4");
        // What no longer is in the tree leaves no checkpoint.
        assertThat(checkpoints.shards("app")).containsExactly(key(2), key(3), key(4));
        split(2, 5, 6);
        append(6, 6);
        runOften(member);
        assertThat(handled).contains("6:0-6");
    }

    @Test
    void anotherStreamOfTheSameNameStartsWhereAskedTo() throws Exception {
        addShard(0);
        run(member("a", settings(new StartPosition.Latest())));
        nodes.clear();
        var child = new ShardKey(2, 5);
        nodes.add(new ShardTree.Node(child, List.of(new ShardKey(2, 1))));
        shards.append(child, TestBlocks.batch(new byte[4][1])).join();
        var member = member("b", settings(new StartPosition.Latest()));
        run(member);
        assertThat(handled).isEmpty();
        shards.append(child, TestBlocks.batch(new byte[1][1])).join();
        run(member);
        assertThat(handled).containsExactly("5:4-5");
    }

    @Test
    void grandchildrenWaitBehindAnEmptyParent() throws Exception {
        addShard(0);
        append(0, 3);
        split(0, 1, 2);
        split(1, 3, 4);
        append(3, 1);
        var member = member("a", SETTINGS);
        member.balance();
        assertThat(member.held()).containsExactly(key(0));
        runOften(member);
        assertThat(handled).containsExactly("0:0-3", "3:0-1");
    }

    @Test
    void aShardThatIsDeletedButStillListedStopsNobody() throws Exception {
        addShard(0);
        append(0, 3);
        split(0, 1, 2);
        append(1, 1);
        shards.delete(key(0)).join();
        runOften(member("a", SETTINGS));
        assertThat(handled).containsExactly("1:0-1");
    }

    @Test
    void shardsOfADeletedStreamAreLetGo() throws Exception {
        addShard(0);
        append(0, 3);
        var member = member("a", SETTINGS);
        run(member);
        shards.delete(key(0)).join();
        assertThat(member.step(key(0))).isEqualTo(ConsumerMember.Step.DROPPED);
        member.balance();
        assertThat(member.held()).isEmpty();
        groups.sweep(() -> id -> id == 1);
        assertThat(checkpoints.stored()).containsExactly("app");
        groups.sweep(() -> id -> false);
        assertThat(checkpoints.stored()).isEmpty();
        assertThat(store.list("")).isEmpty();
    }
}
