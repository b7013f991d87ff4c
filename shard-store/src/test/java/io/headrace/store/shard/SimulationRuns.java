package io.headrace.store.shard;

import io.headrace.store.journal.Rule;
import io.headrace.store.simulation.Trace;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs as many seeds as wanted; {@code headrace simulate --help} tells how. */
final class SimulationRuns {
    private final boolean cluster;
    private final long from;
    private final long seeds;
    private final int steps;
    private final Optional<Rule> without;
    private final boolean traced;

    private SimulationRuns(Options options) {
        cluster = options.cluster;
        from = options.from;
        seeds = options.seeds;
        steps = options.steps.orElse(cluster ? ClusterSimulationTest.STEPS : SimulationTest.STEPS);
        without = options.without;
        traced = options.traced;
    }

    /** What was asked for. */
    private static final class Options {
        private boolean cluster;
        private long from;
        private long seeds = 10_000;
        private Optional<Integer> steps = Optional.empty();
        private Optional<Rule> without = Optional.empty();
        private boolean traced;

        /** The two numbers by themselves are the first seed and how many. */
        static Options of(List<String> arguments) {
            var options = new Options();
            var left = new ArrayDeque<>(arguments);
            int numbers = 0;
            while (!left.isEmpty()) {
                var argument = left.remove();
                switch (argument) {
                    case "--cluster" -> options.cluster = true;
                    case "--trace" -> options.traced = true;
                    case "--from" -> options.from = number(argument, left.poll());
                    case "--seeds" -> options.seeds = number(argument, left.poll());
                    case "--steps" ->
                            options.steps =
                                    Optional.of(Math.toIntExact(number(argument, left.poll())));
                    case "--without" -> options.without = Optional.of(rule(left.poll()));
                    default -> {
                        if (argument.startsWith("-")) {
                            throw new IllegalArgumentException("unknown option " + argument);
                        }
                        switch (numbers++) {
                            case 0 -> options.from = number("FIRST", argument);
                            case 1 -> options.seeds = number("COUNT", argument);
                            default -> throw new IllegalArgumentException("what is " + argument);
                        }
                    }
                }
            }
            if (!options.cluster && (options.traced || options.without.isPresent())) {
                throw new IllegalArgumentException("--trace and --without need --cluster");
            }
            return options;
        }

        private static long number(String what, @Nullable String text) {
            if (text == null || !text.matches("[0-9]{1,18}")) {
                throw new IllegalArgumentException(what + " needs a number, not " + text);
            }
            return Long.parseLong(text);
        }

        private static Rule rule(@Nullable String text) {
            for (var rule : Rule.values()) {
                if (rule.name().equals(text) || String.valueOf(rule.number()).equals(text)) {
                    return rule;
                }
            }
            throw new IllegalArgumentException("--without needs a rule, 1 to 16, not " + text);
        }
    }

    public static void main(String[] arguments) throws IOException {
        SimulationRuns runs;
        try {
            runs = new SimulationRuns(Options.of(List.of(arguments)));
        } catch (IllegalArgumentException e) {
            System.err.println("headrace: " + e.getMessage() + "; see headrace simulate --help");
            System.exit(2);
            return;
        }
        System.exit(runs.run() == 0 ? 0 : 1);
    }

    private long run() throws IOException {
        long failed = 0;
        for (long seed = from; seed < from + seeds; seed++) {
            try {
                runOne(seed);
            } catch (AssertionError | RuntimeException e) {
                failed++;
                System.out.println("seed " + seed + ": " + e);
            }
        }
        System.out.println(seeds + " seeds, " + failed + " failed");
        return failed;
    }

    private void runOne(long seed) throws IOException {
        if (!cluster) {
            new Simulation(seed, Mutation.NONE).run(steps);
            return;
        }
        var trace = traced ? Trace.to(System.out::println) : Trace.silent();
        try (var simulation = new ClusterSimulation(seed, without.orElse(null), trace)) {
            var outcome = simulation.run(steps);
            if (traced) {
                System.out.println(outcome);
            }
        }
    }
}
