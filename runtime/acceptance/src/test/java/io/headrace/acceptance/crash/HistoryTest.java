package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThatThrownBy(() -> history.acknowledge(SHARD, "1", "p0 2 x"))
                .isInstanceOf(AssertionError.class);
    }
}
