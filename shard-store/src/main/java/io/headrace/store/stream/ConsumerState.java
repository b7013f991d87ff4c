package io.headrace.store.stream;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A registered consumer of a stream. Its ARN is the stream's, {@code /consumer/}, its name, a colon
 * and its creation in seconds.
 *
 * @param dueMs when CREATING or DELETING ends; without meaning for ACTIVE
 * @param policy resource policy, or empty for none
 */
public record ConsumerState(
        String name,
        long createdMs,
        Status status,
        long dueMs,
        SortedMap<String, String> tags,
        String policy) {
    public ConsumerState {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    /** The wire's names. */
    public enum Status {
        CREATING,
        ACTIVE,
        DELETING
    }

    public long createdSeconds() {
        return createdMs / 1000;
    }

    public ConsumerState withStatus(Status value, long due) {
        return new ConsumerState(name, createdMs, value, due, tags, policy);
    }

    public ConsumerState withTags(Map<String, String> value) {
        return new ConsumerState(name, createdMs, status, dueMs, new TreeMap<>(value), policy);
    }

    public ConsumerState withPolicy(String value) {
        return new ConsumerState(name, createdMs, status, dueMs, tags, value);
    }
}
