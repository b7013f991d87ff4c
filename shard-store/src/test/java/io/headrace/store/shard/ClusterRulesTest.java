package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.journal.Rule;
import io.headrace.store.simulation.Trace;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each rule of the protocol that is left out breaks a promise, at seeds where with all rules every
 * one is kept. Those of which that takes thousands of runs have a schedule written by hand: {@link
 * io.headrace.store.simulation.RuleScheduleTest}.
 */
@Timeout(300)
class ClusterRulesTest {
    private static final int STEPS = 5000;

    /** From the seed named on: what a run does shifts with every change of the code. */
    private static final int SEEDS = 60;

    @ParameterizedTest(name = "without {0}, from seed {1} on")
    @CsvSource({
        "ACKNOWLEDGE_IN_ORDER, 0, ACKNOWLEDGED_STAYS",
        "NEVER_SKIP, 2, ACKNOWLEDGED_STAYS",
        "COMPARE_NONCE, 1, ACKNOWLEDGED_STAYS",
        "SEAL_AT_FIRST_MISSING, 4, READABLE",
        "FLOOR_FIRST, 3, READABLE",
        "KEEP_TOMBSTONES, 240, ACKNOWLEDGED_STAYS",
        "CHECK_AFTER_CREATE, 0, ACKNOWLEDGED_STAYS",
        "TRIM_BY_EVERY_SHARD, 0, READABLE",
        "SWEEP_BY_TARGET, 2, READABLE",
        "LIST_OF_RANGES, 0, READABLE",
        "NEW_JOURNAL_ID, 3, ACKNOWLEDGED_STAYS",
        "STOP_AT_RELEASE, 0, ACKNOWLEDGED_STAYS",
    })
    void aRuleLeftOutBreaksAPromise(Rule rule, long from, Promise promise) {
        var seen = EnumSet.noneOf(Promise.class);
        for (long seed = from; seed < from + SEEDS; seed++) {
            var broken = brokenBy(rule, seed);
            broken.ifPresent(seen::add);
            if (broken.filter(promise::equals).isPresent()) {
                try (var kept = new ClusterSimulation(seed, null, Trace.silent())) {
                    kept.run(STEPS);
                }
                return;
            }
        }
        assertThat(seen).as("broken without %s", rule).contains(promise);
    }

    @ParameterizedTest(name = "an operator without {0}, from seed {1} on")
    @CsvSource({"SWEEP_BY_TARGET, 0", "TRIM_BY_EVERY_SHARD, 0"})
    void anOperatorWhoLeavesARuleOutBreaksAPromise(Rule rule, long from) {
        for (long seed = from; seed < from + SEEDS; seed++) {
            try (var simulation = new ClusterSimulation(seed, null, Trace.silent())) {
                simulation.sweeper.leaveOut(rule);
                simulation.run(STEPS);
            } catch (Promise.Broken e) {
                assertThat(e.promise()).isIn(Promise.READABLE, Promise.ACKNOWLEDGED_STAYS);
                return;
            }
        }
        throw new AssertionError("nothing was broken without " + rule);
    }

    /** Anything else than a promise that was broken, such as a bug, counts as none. */
    private static Optional<Promise> brokenBy(Rule rule, long seed) {
        try (var simulation = new ClusterSimulation(seed, rule, Trace.silent())) {
            simulation.run(STEPS);
        } catch (Promise.Broken e) {
            return Optional.of(e.promise());
        } catch (AssertionError e) {
            return Optional.empty();
        }
        return Optional.empty();
    }
}
