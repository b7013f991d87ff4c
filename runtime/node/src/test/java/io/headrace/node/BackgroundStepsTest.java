package io.headrace.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackgroundStepsTest {
    @Test
    void aCancelledTimerIsHeldNoLonger() {
        try (var background = new BackgroundSteps(Clock.systemUTC())) {
            var kept = background.after(Duration.ofHours(1).toMillis(), () -> {});
            for (int i = 0; i < 1_000; i++) {
                background.after(Duration.ofHours(1).toMillis(), () -> {}).cancel();
            }
            assertThat(background.pendingTimers()).isEqualTo(1);
            kept.cancel();
            assertThat(background.pendingTimers()).isZero();
        }
    }
}
