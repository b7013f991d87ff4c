package io.headrace.node.settings;

/**
 * What a setting is and why.
 *
 * @param text the value as it was written, masked if it is secret; empty if it is not set
 * @param source {@code default}, or where it was written
 */
public record EffectiveValue(Key<?> key, String text, String source) {}
