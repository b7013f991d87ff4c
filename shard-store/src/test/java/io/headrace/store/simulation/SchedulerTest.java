package io.headrace.store.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.simulation.RoughStore.Weather;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scheduler and its store by themselves, with machines that race for versions. */
@Timeout(120)
class SchedulerTest {
    private static final String PREFIX = "race/";

    /** What a race came to. */
    private record Race(Map<Long, String> winners, long digest, int steps) {}

    @Test
    void ofAllWhoCreateAVersionOneAtMostHearsThatItWon() {
        int won = 0;
        int contested = 0;
        for (long seed = 0; seed < 300; seed++) {
            var race = race(seed);
            won += race.winners().size();
            contested += race.steps();
        }
        assertThat(won).isGreaterThan(300);
        assertThat(contested).isGreaterThan(10_000);
    }

    @Test
    void theSameSeedTakesTheSameSteps() {
        for (long seed = 0; seed < 30; seed++) {
            assertThat(race(seed)).isEqualTo(race(seed));
        }
        assertThat(race(1).digest()).isNotEqualTo(race(2).digest());
    }

    @Test
    void whoHoldsALockKeepsItAcrossSchedulingPoints() {
        var random = new Random(1);
        try (var scheduler = new Scheduler(random, Trace.silent())) {
            var lock = scheduler.lock();
            var inside = new int[1];
            var passed = new int[1];
            var machine = scheduler.machine("m");
            for (int i = 0; i < 5; i++) {
                machine.execute(() -> {
                    lock.lock();
                    try {
                        inside[0]++;
                        for (int j = 0; j < 5; j++) {
                            scheduler.pause("inside");
                            assertThat(inside[0]).isEqualTo(1);
                        }
                        inside[0]--;
                        passed[0]++;
                    } finally {
                        lock.unlock();
                    }
                });
            }
            while (scheduler.step()) {
                // On to the end.
            }
            assertThat(passed[0]).isEqualTo(5);
        }
    }

    @Test
    void whatAMachineHadSentMayArriveAfterItCrashed() {
        int arrived = 0;
        for (long seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var objects = new MemoryStore();
            try (var scheduler = new Scheduler(random, Trace.silent())) {
                var store = new RoughStore(objects, scheduler, random, Trace.silent());
                var machine = scheduler.machine("m");
                machine.execute(() -> create(store, 1, "x"));
                scheduler.step();
                machine.crash();
                assertThat(scheduler.step()).isFalse();
                assertThat(objects.list("")).isEmpty();
                store.landOne();
                arrived += objects.list("").size();
            }
        }
        assertThat(arrived).isBetween(5, 19);
    }

    @Test
    void aBugInAProcessIsThrownWhereItIsDriven() {
        try (var scheduler = new Scheduler(new Random(1), Trace.silent())) {
            scheduler
                    .machine("m")
                    .execute(() -> {
                        throw new IllegalStateException("a bug");
                    });
            assertThatThrownBy(scheduler::step).hasMessageContaining("m task failed: ");
        }
    }

    /** Three machines make versions for a while; each lets the others crash and freeze. */
    private static Race race(long seed) {
        var random = new Random(seed);
        var trace = Trace.silent();
        var objects = new MemoryStore();
        var winners = new HashMap<Long, String>();
        int steps = 0;
        try (var scheduler = new Scheduler(random, trace)) {
            var store = new RoughStore(objects, scheduler, random, trace);
            store.setWeather(Weather.ROUGH);
            List<Scheduler.Machine> machines = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                machines.add(scheduler.machine("m" + i));
            }
            for (int i = 0; i < 300; i++) {
                var machine = machines.get(random.nextInt(machines.size()));
                if (!machine.hasCrashed() && !scheduler.isBusy(machine)) {
                    var name = machine + "-" + i;
                    machine.start("makes a version", () -> makeNext(store, name, winners));
                }
                if (random.nextInt(50) == 0) {
                    machine.freeze(20);
                }
                if (random.nextInt(200) == 0) {
                    machine.crash();
                }
                if (random.nextInt(20) == 0) {
                    store.landOne();
                }
                steps += scheduler.step() ? 1 : 0;
            }
        }
        return new Race(winners, trace.digest(), steps);
    }

    private static void makeNext(RoughStore store, String name, Map<Long, String> winners) {
        long version;
        try {
            version = VersionedObject.newestNumber(store, PREFIX).orElse(0) + 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (create(store, version, name)) {
            assertThat(winners.put(version, name)).as("winner of %d", version).isNull();
        }
    }

    private static boolean create(RoughStore store, long version, String content) {
        try {
            var bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII));
            return VersionedObject.create(store, PREFIX, version, bytes);
        } catch (IOException e) {
            // Nobody knows; then nobody may build on it.
            return false;
        }
    }
}
