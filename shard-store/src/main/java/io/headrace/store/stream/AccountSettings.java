package io.headrace.store.stream;

/**
 * An account's commitment to a minimum throughput; it bills nothing here, but is kept as it was
 * set.
 *
 * @param committed whether it is enabled
 * @param startedMs when it was last enabled, or 0 for never
 * @param endedMs when it was last disabled, or 0 for never
 */
public record AccountSettings(boolean committed, long startedMs, long endedMs) {
    public static final AccountSettings NONE = new AccountSettings(false, 0, 0);
}
