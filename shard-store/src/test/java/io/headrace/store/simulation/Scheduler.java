package io.headrace.store.simulation;

import io.headrace.store.Ticker;
import io.headrace.store.journal.Signal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which exactly one runs: whoever drives hands the baton to one of them, chosen by the
 * random generator, and gets it back at the next scheduling point. So code that blocks runs
 * unmodified, is interleaved at each of those points, and the same seed does the same. {@link
 * #step} and {@link Machine#crash} are for the driver; {@link #pause} and {@link #await} for the
 * strands.
 */
public final class Scheduler implements AutoCloseable {
    private static final long STUCK_AFTER_MS = 60_000;

    private final RandomGenerator random;
    private final Trace trace;
    private final List<Strand> strands = new ArrayList<>();
    private final Semaphore driver = new Semaphore(0);
    private @Nullable Strand running;
    private @Nullable Throwable bug;
    private long steps;
    private long nanos;

    /** Unwinds the strands of a machine that crashed; an error, so that nobody handles it. */
    public static final class Crashed extends Error {
        private static final long serialVersionUID = 1;

        Crashed() {
            super("the machine crashed", null, false, false);
        }
    }

    public Scheduler(RandomGenerator random, Trace trace) {
        this.random = random;
        this.trace = trace;
    }

    /** What freezes and crashes as one. */
    public final class Machine implements Executor {
        private final String name;
        private long frozenUntil;
        private boolean crashed;

        private Machine(String name) {
            this.name = name;
        }

        /** None of its strands goes on for so many steps. */
        public void freeze(int steps) {
            frozenUntil = Scheduler.this.steps + steps;
        }

        public boolean isFrozen() {
            return frozenUntil > steps;
        }

        public boolean hasCrashed() {
            return crashed;
        }

        /** Every strand of it ends where it stands. */
        public void crash() {
            crashed = true;
            trace.add("crash", name);
            for (var strand : List.copyOf(strands)) {
                if (strand.machine == this) {
                    strands.remove(strand);
                    if (strand.thread != null) {
                        resume(strand);
                    }
                }
            }
        }

        /** One of its strands ends it: nothing of it goes on. */
        public void giveUp() {
            crashed = true;
            throw new Crashed();
        }

        public Strand start(String what, Runnable body) {
            var strand = new Strand(this, what, body);
            if (!crashed) {
                strands.add(strand);
            }
            return strand;
        }

        /** An executor whose tasks are called so in the trace. */
        public Executor executor(String what) {
            return task -> start(what, task);
        }

        @Override
        public void execute(Runnable task) {
            start("task", task);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** One thread of a machine. */
    public final class Strand {
        private final Machine machine;
        private final String what;
        private final Runnable body;
        private final Semaphore baton = new Semaphore(0);
        private BooleanSupplier ready = () -> true;
        private @Nullable Thread thread;
        private String where = "start";
        private long frozenUntil;
        private boolean ended;

        private Strand(Machine machine, String what, Runnable body) {
            this.machine = machine;
            this.what = what;
            this.body = body;
        }

        public boolean hasEnded() {
            return ended || machine.crashed;
        }

        private boolean mayRun() {
            return !machine.isFrozen() && frozenUntil <= steps && ready.getAsBoolean();
        }

        private void run() {
            baton.acquireUninterruptibly();
            try {
                if (!machine.crashed) {
                    body.run();
                }
            } catch (Crashed e) {
                // As it should.
            } catch (Throwable e) {
                // Of a machine that crashed nobody hears.
                if (bug == null && !machine.crashed) {
                    bug = e;
                }
            }
            ended = true;
            driver.release();
        }

        @Override
        public String toString() {
            return machine + " " + what;
        }
    }

    public Machine machine(String name) {
        return new Machine(name);
    }

    /** Lets one strand run to its next scheduling point; false if none can. */
    public boolean step() {
        steps++;
        var able = strands.stream().filter(Strand::mayRun).toList();
        if (able.isEmpty()) {
            return false;
        }
        var strand = able.get(random.nextInt(able.size()));
        trace.add(strand.toString(), strand.where);
        resume(strand);
        return true;
    }

    /** Lets only this one run, until it is about to do what is called so. */
    public void runUntil(Strand strand, String where) {
        while (!strand.where.startsWith(where) && !strand.hasEnded()) {
            run(strand);
        }
    }

    /** Lets only this one run, until it has ended. */
    public void finish(Strand strand) {
        while (!strand.hasEnded()) {
            run(strand);
        }
    }

    private void run(Strand strand) {
        if (!strand.ready.getAsBoolean()) {
            throw new IllegalStateException(strand + " waits at " + strand.where);
        }
        trace.add(strand.toString(), strand.where);
        resume(strand);
    }

    /** One strand stays where it is for so many steps. */
    public void freezeOne(int steps) {
        if (!strands.isEmpty()) {
            var strand = strands.get(random.nextInt(strands.size()));
            strand.frozenUntil = this.steps + steps;
        }
    }

    /** Nobody goes on. */
    public void freezeAll() {
        for (var strand : strands) {
            strand.frozenUntil = Long.MAX_VALUE;
        }
    }

    /** All go on again. */
    public void thaw() {
        for (var strand : strands) {
            strand.frozenUntil = 0;
            strand.machine.frozenUntil = 0;
        }
    }

    /** Whether any strand of a machine has something left to do. */
    public boolean isBusy(Machine machine) {
        return strands.stream().anyMatch(strand -> strand.machine == machine);
    }

    /** Scheduling point: others may run before this goes on. */
    public void pause(String where) {
        await(where, () -> true);
    }

    /** Goes on at some time when this holds; it is asked often and must change nothing. */
    public void await(String where, BooleanSupplier ready) {
        var strand = running();
        if (strand.machine.crashed) {
            throw new Crashed();
        }
        strand.where = where;
        strand.ready = ready;
        driver.release();
        strand.baton.acquireUninterruptibly();
        if (strand.machine.crashed) {
            throw new Crashed();
        }
    }

    /** As {@link #await}, but also goes on when so much time has passed. */
    public void await(String where, BooleanSupplier ready, long nanosMax) {
        long end = nanos + nanosMax;
        await(where, () -> ready.getAsBoolean() || nanos - end >= 0);
    }

    /** The strand that runs, by its identity. */
    public Object current() {
        return running();
    }

    /** Of one simulated machine or all; those who wait for it are interleaved. */
    public Lock lock() {
        return new BatonLock(this);
    }

    /** Where the threads of a journal wait for each other. */
    public Signal signal() {
        return new BatonSignal(this);
    }

    Strand running() {
        var strand = running;
        if (strand == null) {
            throw new IllegalStateException("no strand runs: only they may wait");
        }
        return strand;
    }

    public Ticker ticker() {
        return () -> nanos;
    }

    /** A wall clock beside the ticker that began at this time. */
    public InstantSource clock(long startMs) {
        return () -> java.time.Instant.ofEpochMilli(startMs + TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    public void passTime(long nanos) {
        this.nanos += nanos;
    }

    public long steps() {
        return steps;
    }

    /** Ends all that still waits; its threads would never end. */
    @Override
    public void close() {
        while (!strands.isEmpty()) {
            strands.getFirst().machine.crash();
        }
    }

    /** What runs or waits, for messages. */
    public String describe() {
        return strands.stream().map(p -> p + " at " + p.where).toList().toString();
    }

    private void resume(Strand strand) {
        if (strand.thread == null) {
            strand.thread = Thread.ofVirtual().name(strand.toString()).start(strand::run);
        }
        running = strand;
        strand.baton.release();
        try {
            if (!driver.tryAcquire(STUCK_AFTER_MS, TimeUnit.MILLISECONDS)) {
                throw stuck(strand);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        running = null;
        if (strand.ended) {
            strands.remove(strand);
        }
        var found = bug;
        if (found != null) {
            bug = null;
            throw new AssertionError(strand + " failed: " + found, found);
        }
    }

    /** It waits for something that this does not know, such as a monitor another strand holds. */
    private static AssertionError stuck(Strand strand) {
        var error = new AssertionError(strand + " waits for what no scheduler sees");
        var thread = strand.thread;
        if (thread != null) {
            error.setStackTrace(thread.getStackTrace());
        }
        return error;
    }
}
