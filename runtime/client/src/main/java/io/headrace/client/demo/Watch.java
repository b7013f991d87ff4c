package io.headrace.client.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.client.tail.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import software.amazon.awssdk.services.kinesis.model.Record;

/**
 * The demo's consumer: counts what people look at and buy, and checks that no visit's clicks are
 * lost, doubled or out of order. Any thread.
 */
final class Watch implements Sink {
    private static final long LATENCY_MS_MAX = 3_600_000;

    private final ObjectMapper mapper = new ObjectMapper();
    private final InstantSource clock;
    private final Map<String, Integer> lastStep = new HashMap<>();
    private final Map<String, Integer> pages = new HashMap<>();
    private final Map<String, Integer> shards = new HashMap<>();
    private final Histogram delaysMs = new Histogram(LATENCY_MS_MAX, 3);
    private long records;
    private long orders;
    private double revenue;
    private long outOfOrder;
    private boolean wanted = true;

    Watch(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized boolean take(String shardId, List<Record> batch, long behindMs) {
        for (var record : batch) {
            try {
                take(shardId, record, mapper.readTree(record.data().asByteArrayUnsafe()));
            } catch (IOException e) {
                throw new UncheckedIOException("a record that the demo did not put", e);
            }
        }
        return wanted;
    }

    private void take(String shardId, Record record, JsonNode click) {
        records++;
        shards.merge(shardId, 1, Integer::sum);
        pages.merge(click.path("page").asText(), 1, Integer::sum);
        int step = click.path("step").asInt();
        var before = lastStep.put(click.path("session").asText(), step);
        if (step != (before == null ? 1 : before + 1)) {
            outOfOrder++;
        }
        if (click.path("type").asText().equals("purchase")) {
            orders++;
            revenue += click.path("cart").path("total").asDouble();
        }
        var arrived = record.approximateArrivalTimestamp();
        long delayMs = Duration.between(arrived, clock.instant()).toMillis();
        delaysMs.recordValue(Math.clamp(delayMs, 0, LATENCY_MS_MAX));
    }

    synchronized void end() {
        wanted = false;
    }

    synchronized long records() {
        return records;
    }

    synchronized long outOfOrder() {
        return outOfOrder;
    }

    synchronized int visits() {
        return lastStep.size();
    }

    synchronized long orders() {
        return orders;
    }

    synchronized double revenue() {
        return revenue;
    }

    synchronized long delayMs(double percentile) {
        return delaysMs.getValueAtPercentile(percentile);
    }

    synchronized int shardsSeen() {
        return shards.size();
    }

    /** The most looked-at pages, such as {@code / (120), /cart (31)}. */
    synchronized String topPages(int count) {
        return pages.entrySet().stream()
                .sorted(
                        Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(Map.Entry.comparingByKey()))
                .limit(count)
                .map(page -> page.getKey() + " (" + page.getValue() + ")")
                .collect(Collectors.joining(", "));
    }
}
