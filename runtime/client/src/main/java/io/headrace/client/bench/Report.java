package io.headrace.client.bench;

import io.headrace.client.JsonText;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a measurement found, in the order it is told: as a table for people, as JSON for scripts.
 */
final class Report {
    private final Map<String, Object> values = new LinkedHashMap<>();

    Report set(String name, Object value) {
        values.put(name, value);
        return this;
    }

    /** Throughput of so many records and bytes. */
    Report throughput(long records, long bytes, double seconds) {
        set("seconds", round(seconds)).set("records", records);
        set("recordsPerSecond", Math.round(records / seconds));
        return set("megabytesPerSecond", round(bytes / 1e6 / seconds));
    }

    /** Percentiles of nanoseconds, told in milliseconds. */
    Report latency(String name, Histogram nanos) {
        var percentiles = new LinkedHashMap<String, Object>();
        percentiles.put("samples", nanos.getTotalCount());
        percentiles.put("mean", millis(nanos.getTotalCount() == 0 ? 0 : nanos.getMean()));
        for (double percentile : new double[] {50, 90, 99, 99.9}) {
            var label = "p" + String.valueOf(percentile).replace(".0", "").replace(".", "");
            percentiles.put(label, millis((double) nanos.getValueAtPercentile(percentile)));
        }
        percentiles.put("max", millis((double) nanos.getMaxValue()));
        return set(name, percentiles);
    }

    /** Processor seconds, in all and for each million records. */
    Report cpu(CpuSeconds used, long records) {
        cpu("client", used.client(), records);
        var server = used.server();
        if (server != null) {
            cpu("server", server, records);
        }
        return this;
    }

    private void cpu(String who, double seconds, long records) {
        set(who + "CpuSeconds", round(seconds));
        if (records > 0) {
            set(who + "CpuSecondsPerMillionRecords", round(seconds * 1e6 / records));
        }
    }

    void print(PrintWriter out, boolean jsonOnly) {
        if (!jsonOnly) {
            values.forEach((name, value) -> out.printf("%-40s %s%n", name, plain(value)));
            out.println();
        }
        out.println(JsonText.line(values));
        out.flush();
    }

    private static String plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            var text = new StringBuilder();
            map.forEach((name, part) -> text.append(name).append(' ').append(part).append("  "));
            return text.toString().stripTrailing();
        }
        return value instanceof Long number
                ? String.format(Locale.ROOT, "%,d", number)
                : String.valueOf(value);
    }

    private static double millis(double nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    private static double round(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
