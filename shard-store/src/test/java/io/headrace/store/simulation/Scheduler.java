package io.headrace.store.simulation;

import io.headrace.store.Ticker;
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
 * processes.
 */
public final class Scheduler implements AutoCloseable {
    private static final long STUCK_AFTER_MS = 60_000;

    private final RandomGenerator random;
    private final Trace trace;
    private final List<Process> processes = new ArrayList<>();
    private final Semaphore driver = new Semaphore(0);
    private @Nullable Process running;
    private @Nullable Throwable bug;
    private long steps;
    private long nanos;

    /** Unwinds the processes of a machine that crashed; an error, so that nobody handles it. */
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

        /** None of its processes goes on for so many steps. */
        public void freeze(int steps) {
            frozenUntil = Scheduler.this.steps + steps;
        }

        public boolean isFrozen() {
            return frozenUntil > steps;
        }

        public boolean hasCrashed() {
            return crashed;
        }

        /** Every process of it ends where it stands. */
        public void crash() {
            crashed = true;
            trace.add("crash", name);
            for (var process : List.copyOf(processes)) {
                if (process.machine == this) {
                    processes.remove(process);
                    if (process.thread != null) {
                        resume(process);
                    }
                }
            }
        }

        public Process start(String what, Runnable body) {
            var process = new Process(this, what, body);
            if (!crashed) {
                processes.add(process);
            }
            return process;
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
    public final class Process {
        private final Machine machine;
        private final String what;
        private final Runnable body;
        private final Semaphore baton = new Semaphore(0);
        private BooleanSupplier ready = () -> true;
        private @Nullable Thread thread;
        private String where = "start";
        private long frozenUntil;
        private boolean ended;

        private Process(Machine machine, String what, Runnable body) {
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

    /** Lets one process run to its next scheduling point; false if none can. */
    public boolean step() {
        steps++;
        var able = processes.stream().filter(Process::mayRun).toList();
        if (able.isEmpty()) {
            return false;
        }
        var process = able.get(random.nextInt(able.size()));
        trace.add(process.toString(), process.where);
        resume(process);
        return true;
    }

    /** Lets only this one run, until it has ended. */
    public void finish(Process process) {
        while (!process.ended) {
            step();
            nanos += 1_000_000;
        }
    }

    /** One process stays where it is for so many steps. */
    public void freezeOne(int steps) {
        if (!processes.isEmpty()) {
            var process = processes.get(random.nextInt(processes.size()));
            process.frozenUntil = this.steps + steps;
        }
    }

    /** All go on again. */
    public void thaw() {
        for (var process : processes) {
            process.frozenUntil = 0;
            process.machine.frozenUntil = 0;
        }
    }

    /** Whether any process of a machine has something left to do. */
    public boolean isBusy(Machine machine) {
        return processes.stream().anyMatch(process -> process.machine == machine);
    }

    /** Scheduling point: others may run before this goes on. */
    public void pause(String where) {
        await(where, () -> true);
    }

    /** Goes on at some time when this holds; it is asked often and must change nothing. */
    public void await(String where, BooleanSupplier ready) {
        var process = running();
        if (process.machine.crashed) {
            throw new Crashed();
        }
        process.where = where;
        process.ready = ready;
        driver.release();
        process.baton.acquireUninterruptibly();
        if (process.machine.crashed) {
            throw new Crashed();
        }
    }

    /** As {@link #await}, but also goes on when so much time has passed. */
    public void await(String where, BooleanSupplier ready, long nanosMax) {
        long end = nanos + nanosMax;
        await(where, () -> ready.getAsBoolean() || nanos - end >= 0);
    }

    public Machine machine() {
        return running().machine;
    }

    /** Of one simulated machine or all; those who wait for it are interleaved. */
    public Lock lock() {
        return new BatonLock(this);
    }

    Process running() {
        var process = running;
        if (process == null) {
            throw new IllegalStateException("no process runs: only they may wait");
        }
        return process;
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
        while (!processes.isEmpty()) {
            processes.getFirst().machine.crash();
        }
    }

    /** What runs or waits, for messages. */
    public String describe() {
        return processes.stream().map(p -> p + " at " + p.where).toList().toString();
    }

    private void resume(Process process) {
        if (process.thread == null) {
            process.thread = Thread.ofVirtual().name(process.toString()).start(process::run);
        }
        running = process;
        process.baton.release();
        try {
            if (!driver.tryAcquire(STUCK_AFTER_MS, TimeUnit.MILLISECONDS)) {
                throw stuck(process);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        running = null;
        if (process.ended) {
            processes.remove(process);
        }
        var found = bug;
        if (found != null) {
            bug = null;
            throw new AssertionError(process + " failed: " + found, found);
        }
    }

    /** It waits for something that this does not know, such as a monitor another process holds. */
    private static AssertionError stuck(Process process) {
        var error = new AssertionError(process + " waits for what no scheduler sees");
        var thread = process.thread;
        if (thread != null) {
            error.setStackTrace(thread.getStackTrace());
        }
        return error;
    }
}
