package io.headrace.store.stream;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a user can set on a stream.
 *
 * @param maxRecordKiB bound on a record's data and key together
 * @param warmThroughputMiBps what an on-demand stream is to be ready for at any time; 0 if not set
 * @param metrics names of the shard level metrics that are on
 */
public record StreamOptions(
        StreamMode mode,
        int retentionHours,
        int maxRecordKiB,
        int warmThroughputMiBps,
        SortedSet<String> metrics,
        Encryption encryption) {
    public static final int RETENTION_HOURS_MIN = 24;
    public static final int RETENTION_HOURS_MAX = 8760;
    public static final int RECORD_KIB_MIN = 1024;
    public static final int RECORD_KIB_MAX = 10240;

    public StreamOptions {
        metrics = Collections.unmodifiableSortedSet(new TreeSet<>(metrics));
    }

    /** What a stream of this mode begins with. */
    public static StreamOptions of(StreamMode mode) {
        return new StreamOptions(
                mode, RETENTION_HOURS_MIN, RECORD_KIB_MIN, 0, new TreeSet<>(), Encryption.NONE);
    }

    public long retentionMs() {
        return retentionHours * 3_600_000L;
    }

    public StreamOptions withMode(StreamMode value) {
        return new StreamOptions(
                value, retentionHours, maxRecordKiB, warmThroughputMiBps, metrics, encryption);
    }

    public StreamOptions withRetentionHours(int value) {
        return new StreamOptions(
                mode, value, maxRecordKiB, warmThroughputMiBps, metrics, encryption);
    }

    public StreamOptions withMaxRecordKiB(int value) {
        return new StreamOptions(
                mode, retentionHours, value, warmThroughputMiBps, metrics, encryption);
    }

    public StreamOptions withWarmThroughputMiBps(int value) {
        return new StreamOptions(mode, retentionHours, maxRecordKiB, value, metrics, encryption);
    }

    public StreamOptions withMetrics(Collection<String> value) {
        return new StreamOptions(
                mode,
                retentionHours,
                maxRecordKiB,
                warmThroughputMiBps,
                new TreeSet<>(value),
                encryption);
    }

    public StreamOptions withEncryption(Encryption value) {
        return new StreamOptions(
                mode, retentionHours, maxRecordKiB, warmThroughputMiBps, metrics, value);
    }
}
