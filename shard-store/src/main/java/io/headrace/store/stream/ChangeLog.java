package io.headrace.store.stream;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * When changes that Kinesis rations by the day were made, ms since 1970, oldest first; older than a
 * day is dropped.
 *
 * @param encryptionsMs a key was applied, or another one
 * @param decryptionsMs encryption was stopped
 */
public record ChangeLog(
        List<Long> modeSwitchesMs,
        List<Long> scalingsMs,
        List<Long> encryptionsMs,
        List<Long> decryptionsMs) {
    public static final ChangeLog EMPTY = new ChangeLog(List.of(), List.of(), List.of(), List.of());
    private static final long DAY_MS = 86_400_000;

    public ChangeLog {
        modeSwitchesMs = List.copyOf(modeSwitchesMs);
        scalingsMs = List.copyOf(scalingsMs);
        encryptionsMs = List.copyOf(encryptionsMs);
        decryptionsMs = List.copyOf(decryptionsMs);
    }

    public ChangeLog modeSwitched(long nowMs) {
        return new ChangeLog(
                append(modeSwitchesMs, nowMs), scalingsMs, encryptionsMs, decryptionsMs);
    }

    public ChangeLog scaled(long nowMs) {
        return new ChangeLog(
                modeSwitchesMs, append(scalingsMs, nowMs), encryptionsMs, decryptionsMs);
    }

    public ChangeLog encrypted(long nowMs) {
        return new ChangeLog(
                modeSwitchesMs, scalingsMs, append(encryptionsMs, nowMs), decryptionsMs);
    }

    public ChangeLog decrypted(long nowMs) {
        return new ChangeLog(
                modeSwitchesMs, scalingsMs, encryptionsMs, append(decryptionsMs, nowMs));
    }

    /** How many of these are less than a day old. */
    public static long inLastDay(List<Long> times, long nowMs) {
        return recent(times, nowMs).count();
    }

    private static List<Long> append(List<Long> times, long nowMs) {
        return Stream.concat(recent(times, nowMs).boxed(), Stream.of(nowMs)).toList();
    }

    private static LongStream recent(List<Long> times, long nowMs) {
        return times.stream().mapToLong(Long::longValue).filter(at -> at > nowMs - DAY_MS);
    }
}
