package io.headrace.benchmarks.cluster;

import java.util.Map;

/**
 * How much is measured.
 *
 * @param rounds of each measurement, of which the median counts
 * @param secondsEach of each measurement of throughput
 * @param warmUpSeconds after each start
 * @param blows kills and drains of the moves' part
 * @param shards of the part with many
 */
record BenchSettings(int rounds, int secondsEach, int warmUpSeconds, int blows, int shards) {
    BenchSettings {
        if (rounds < 1 || secondsEach < 1 || warmUpSeconds < 0 || blows < 1 || shards < 1) {
            throw new IllegalArgumentException(
                    "ROUNDS, SECONDS_EACH, BLOWS and SHARDS are positive, WARM_UP not negative");
        }
    }

    static BenchSettings of(Map<String, String> environment) {
        return new BenchSettings(
                number(environment, "ROUNDS", 3),
                number(environment, "SECONDS_EACH", 2),
                number(environment, "WARM_UP", 8),
                number(environment, "BLOWS", 10),
                number(environment, "SHARDS", 5_000));
    }

    private static int number(Map<String, String> environment, String name, int otherwise) {
        var text = environment.get(name);
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is no number: " + text, e);
        }
    }
}
