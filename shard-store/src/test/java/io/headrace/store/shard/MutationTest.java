package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule broken on purpose breaks a promise, at seeds where the rules as they are keep all. */
@Timeout(60)
class MutationTest {
    private static final int STEPS = 1500;

    @ParameterizedTest(name = "{0}, seed {1}")
    @CsvSource({
        "ACKNOWLEDGES_BEFORE_THE_SYNC, 31, ACKNOWLEDGED_STAYS",
        "ACKNOWLEDGES_BEFORE_THE_SYNC, 0, READ_STAYS",
        // The journal tells that it lost what it had proved durable, and refuses to start.
        "RETRIES_A_FAILED_SYNC, 8, STARTS_AGAIN",
        "TRIMS_EARLY, 6, READABLE",
        "TRIMS_EARLY, 82, ACKNOWLEDGED_STAYS",
        "REUSES_INDEXES, 5, READ_STAYS",
        "REUSES_INDEXES, 16, ACKNOWLEDGED_STAYS",
    })
    void aBrokenRuleBreaksAPromise(Mutation mutation, long seed, Promise promise)
            throws IOException {
        new Simulation(seed, Mutation.NONE).run(STEPS);
        var broken =
                catchThrowableOfType(
                        Promise.Broken.class, () -> new Simulation(seed, mutation).run(STEPS));
        assertThat(broken).as("%s, seed %d", mutation, seed).isNotNull();
        assertThat(broken.promise()).as("%s", broken).isEqualTo(promise);
    }

    @Test
    void everyMutationIsCaughtOften() {
        for (var mutation : Mutation.values()) {
            int red = 0;
            for (long seed = 0; seed < 30; seed++) {
                long run = seed;
                if (catchThrowableOfType(
                                Promise.Broken.class,
                                () -> new Simulation(run, mutation).run(STEPS))
                        != null) {
                    red++;
                }
            }
            if (mutation == Mutation.NONE) {
                assertThat(red).isZero();
            } else {
                assertThat(red).as("%s", mutation).isGreaterThan(3);
            }
        }
    }
}
