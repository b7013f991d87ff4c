package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.Ticker;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shares of one connection, with time that stands still. */
final class ShareTest {
    private static final int BODY_BYTES_MAX = 1 << 20;
    private static final long ROOM = 4L << 20;

    private long nanos;
    private final Ticker ticker = () -> nanos;
    private final HttpLimits limits =
            TestFront.bounded(BODY_BYTES_MAX, ROOM, 1).apply(HttpLimits.forHeap(512L << 20));
    private final ByteBudget budget = new ByteBudget(2 * ROOM);
    private final ConnectionGuard guard =
            new ConnectionGuard(
                    new EmbeddedChannel(), limits, ticker, new Connections(limits, ticker, budget));
    private final List<String> ready = new ArrayList<>();

    private Share share(String name) {
        return new Share(guard, budget, () -> ready.add(name));
    }

    @Test
    void oneBehindOthersOfItsConnectionIsPatientWhileTheyGoOn() {
        var first = share("first");
        var second = share("second");
        var third = share("third");
        nanos = 10;
        assertThat(first.take(ROOM)).isTrue();
        assertThat(second.take(ROOM)).isFalse();
        assertThat(third.take(ROOM)).isFalse();
        nanos = 20;
        assertThat(third.waitsSince()).isEqualTo(10);
        first.release();
        assertThat(ready).containsExactly("second");
        assertThat(third.waitsSince()).isEqualTo(20);
        nanos = 30;
        // In line of the node the wait begins anew, and what its connection does is no excuse.
        budget.overdraw(2 * ROOM);
        second.release();
        nanos = 40;
        assertThat(third.waitsSince()).isEqualTo(30);
        assertThat(ready).containsExactly("second");
    }

    @Test
    void whatIsGivenBackEarlyIsNotGivenTwice() {
        var share = share("share");
        assertThat(share.take(ROOM)).isTrue();
        share.shrinkTo(1000);
        assertThat(budget.taken()).isEqualTo(1000);
        share.shrinkTo(2000);
        assertThat(budget.taken()).isEqualTo(1000);
        share.release();
        share.shrinkTo(1);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void oneThatLeavesTheLineLetsThoseBehindItThrough() {
        var first = share("first");
        var second = share("second");
        var third = share("third");
        assertThat(first.take(ROOM - 1000)).isTrue();
        assertThat(second.take(ROOM / 2)).isFalse();
        assertThat(third.take(1000)).isFalse();
        second.release();
        assertThat(ready).containsExactly("third");
        first.release();
        third.release();
        assertThat(budget.taken()).isZero();
    }
}
