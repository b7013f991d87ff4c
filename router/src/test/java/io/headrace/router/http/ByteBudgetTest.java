package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The budget alone: order, overdraft, leaving the line, and many threads at once. */
final class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(100);
    private final List<String> granted = new ArrayList<>();

    private record Named(String name, long bytesWanted, List<String> served)
            implements ByteBudget.Waiter {
        @Override
        public void granted() {
            served.add(name);
        }
    }

    private Named waiter(String name, long bytes) {
        return new Named(name, bytes, granted);
    }

    @Test
    void firstComeFirstServed() {
        assertThat(budget.take(waiter("a", 80))).isTrue();
        assertThat(budget.take(waiter("large", 50))).isFalse();
        // It would fit, but not before the one that came first.
        assertThat(budget.take(waiter("small", 10))).isFalse();
        assertThat(budget.waiting()).isEqualTo(2);
        budget.give(20);
        assertThat(granted).isEmpty();
        budget.give(60);
        assertThat(granted).containsExactly("large", "small");
        assertThat(budget.taken()).isEqualTo(60);
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void whoLeavesTheLineLetsOthersThrough() {
        budget.take(waiter("a", 80));
        var large = waiter("large", 50);
        budget.take(large);
        budget.take(waiter("small", 10));
        assertThat(budget.cancel(large)).isTrue();
        assertThat(granted).containsExactly("small");
        assertThat(budget.cancel(large)).isFalse();
    }

    @Test
    void largeSharesLeaveRoomForSmallOnesWhichHaveTheirOwnLine() {
        long mib = 1 << 20;
        var eight = new ByteBudget(8 * mib);
        assertThat(eight.shareBytesMax()).isEqualTo(7 * mib);
        assertThat(eight.take(waiter("a", 4 * mib))).isTrue();
        assertThat(eight.take(waiter("large", 4 * mib))).isFalse();
        for (int i = 0; i < 16; i++) {
            assertThat(eight.takeAtOnce(mib / 4)).isTrue();
        }
        assertThat(eight.takeAtOnce(1)).isFalse();
        assertThat(eight.take(waiter("small", mib / 4))).isFalse();
        eight.give(mib / 4);
        assertThat(granted).containsExactly("small");
        // Nobody cuts in before the large one with another.
        eight.give(4 * mib);
        assertThat(eight.takeAtOnce(mib)).isFalse();
        eight.give(mib);
        assertThat(granted).containsExactly("small", "large");
        assertThat(eight.waiting()).isZero();
    }

    @Test
    void anOverdraftMakesOthersWait() {
        budget.overdraw(150);
        assertThat(budget.take(waiter("a", 1))).isFalse();
        budget.give(51);
        assertThat(granted).containsExactly("a");
    }

    @Test
    void manyThreadsNeverTakeMoreThanThereIsAndAllGetTheirShare() throws Exception {
        var most = new AtomicLong();
        var held = new AtomicLong();
        try (var threads = Executors.newFixedThreadPool(8)) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < 8; i++) {
                int wanted = 20 + 10 * i;
                all.add(
                        threads.submit(() -> {
                            for (int round = 0; round < 2000; round++) {
                                takeAndGive(wanted, held, most);
                            }
                            return null;
                        }));
            }
            for (var one : all) {
                one.get();
            }
        }
        assertThat(most.get()).isBetween(1L, 100L);
        assertThat(budget.taken()).isZero();
        assertThat(budget.waiting()).isZero();
    }

    private void takeAndGive(long wanted, AtomicLong held, AtomicLong most)
            throws InterruptedException {
        var ready = new Semaphore(0);
        var waiter =
                new ByteBudget.Waiter() {
                    @Override
                    public long bytesWanted() {
                        return wanted;
                    }

                    @Override
                    public void granted() {
                        ready.release();
                    }
                };
        if (!budget.take(waiter)) {
            ready.acquire();
        }
        long now = held.addAndGet(wanted);
        most.accumulateAndGet(now, Math::max);
        held.addAndGet(-wanted);
        budget.give(wanted);
    }
}
