package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Blocking calls: how many run, how many wait, and that none is forgotten. */
final class BlockingCallsTest {
    private static final int WAIT_SECONDS = 30;

    @Test
    void oneTooManyIsRefused() throws Exception {
        var calls = new BlockingCalls(Thread.ofVirtual().factory(), 2, 3);
        var gate = new Semaphore(0);
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var done = new CountDownLatch(5);
        Runnable call =
                () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    gate.acquireUninterruptibly();
                    running.decrementAndGet();
                    done.countDown();
                };
        for (int i = 0; i < 5; i++) {
            assertThat(calls.submit(call)).isTrue();
        }
        assertThat(calls.submit(call)).isFalse();
        gate.release(5);
        assertThat(done.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void noneIsForgotten() throws Exception {
        var calls = new BlockingCalls(Thread.ofVirtual().factory(), 2, 1_000_000);
        int count = 100_000;
        var done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            assertThat(calls.submit(done::countDown)).isTrue();
        }
        assertThat(done.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
}
