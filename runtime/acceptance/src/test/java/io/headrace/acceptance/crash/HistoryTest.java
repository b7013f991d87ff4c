package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The checker must find each kind of loss: one that finds nothing proves nothing. */
class HistoryTest {
    private static final String SHARD = "shardId-000000000000";

    private final History history = new History();

    private List<String> check(History.Seen... records) {
        return history.check(Map.of(SHARD, List.of(records)));
    }

    private static History.Seen seen(int sequence, String data) {
        return new History.Seen(Integer.toString(sequence), data);
    }

    @Test
    void allIsWell() {
        history.acknowledge(SHARD, "1", "p0 1 x");
        history.read(SHARD, "1", "p0 1 x");
        // What nobody answered for may be there.
        assertThat(check(seen(1, "p0 1 x"), seen(2, "p0 2 y"))).isEmpty();
    }

    @Test
    void anAcknowledgedRecordIsGone() {
        history.acknowledge(SHARD, "1", "p0 1 x");
        assertThat(check()).singleElement().asString().contains("was acknowledged and is gone");
    }

    @Test
    void aRecordOnceReadIsGone() {
        history.read(SHARD, "1", "p0 1 x");
        assertThat(check()).singleElement().asString().contains("was read before and is gone");
    }

    @Test
    void aRecordHasOtherBytes() {
        history.acknowledge(SHARD, "1", "p0 1 x");
        assertThat(check(seen(1, "p0 1 z"))).singleElement().asString().contains("and is 'p0 1 z'");
    }

    @Test
    void aNumberIsThereTwiceOrGoesBack() {
        assertThat(check(seen(1, "p0 1 x"), seen(1, "p1 1 x")))
                .containsExactlyInAnyOrder(
                        SHARD + ": 1 comes after 1",
                        new History.Place(SHARD, "1") + " is there twice");
        assertThat(check(seen(2, "p0 1 x"), seen(1, "p1 1 x")))
                .containsExactly(SHARD + ": 1 comes after 2");
    }

    @Test
    void aProducersOrderIsBroken() {
        assertThat(check(seen(1, "p0 2 x"), seen(2, "p0 1 x")))
                .containsExactly(SHARD + ": producer p0's 1 comes after its 2");
        assertThat(check(seen(1, "p0 1 x"), seen(2, "p0 1 x"))).hasSize(1);
    }

    @Test
    void aNumberIsAcknowledgedTwice() {
        history.acknowledge(SHARD, "1", "p0 1 x");
        history.acknowledge(SHARD, "1", "p1 1 y");
        assertThat(check(seen(1, "p1 1 y")))
                .hasSize(2)
                .anyMatch(problem -> problem.contains("was acknowledged for 'p0 1 x' and for"))
                .anyMatch(problem -> problem.contains("was acknowledged as 'p0 1 x' and is"));
    }

    @Test
    void aRecordIsReadTwiceWithOtherBytes() {
        history.read(SHARD, "1", "p0 1 x");
        history.read(SHARD, "1", "p0 1 x");
        history.read(SHARD, "1", "p0 1 y");
        assertThat(check(seen(1, "p0 1 x"))).singleElement().asString().contains("and as 'p0 1 y'");
    }

    @Test
    void aThreadThatEndedUnseenIsAProblem() {
        history.complain("p3 ended");
        assertThat(check()).containsExactly("p3 ended");
    }

    @Test
    void aKeyGoesBackFromAChildToItsParent() {
        var shards =
                Map.of(
                        "parent", List.of(seen(1, "key0 1 x"), seen(2, "key0 3 x")),
                        "child", List.of(seen(3, "key0 2 x"), seen(4, "key0 4 x")));
        var parents = Map.of("child", List.of("parent"));
        assertThat(history.checkSuccession(shards, parents, name -> name.startsWith("key")))
                .singleElement()
                .asString()
                .contains("the later 3");
        assertThat(history.checkSuccession(shards, parents, name -> false)).isEmpty();
        assertThat(history.checkSuccession(shards, Map.of(), name -> true)).isEmpty();
    }
}
