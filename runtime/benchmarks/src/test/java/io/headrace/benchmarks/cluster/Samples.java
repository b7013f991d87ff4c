package io.headrace.benchmarks.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Values of one thing, in any unit; percentiles by nearest rank. Any thread may add. */
final class Samples {
    private final List<Double> values = Collections.synchronizedList(new ArrayList<>());

    static Samples of(double... values) {
        var samples = new Samples();
        for (double value : values) {
            samples.add(value);
        }
        return samples;
    }

    void add(double value) {
        values.add(value);
    }

    void addAll(Samples other) {
        synchronized (other.values) {
            values.addAll(other.values);
        }
    }

    int size() {
        return values.size();
    }

    double median() {
        return percentile(50);
    }

    double max() {
        return percentile(100);
    }

    /**
     * The least value that so many percent of all do not exceed.
     *
     * @param percent above 0, at most 100
     * @throws IllegalStateException if there is no value
     */
    double percentile(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("no percentile: " + percent);
        }
        List<Double> sorted;
        synchronized (values) {
            sorted = new ArrayList<>(values);
        }
        if (sorted.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        Collections.sort(sorted);
        return sorted.get((int) Math.ceil(percent / 100 * sorted.size()) - 1);
    }
}
