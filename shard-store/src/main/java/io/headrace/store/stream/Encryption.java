package io.headrace.store.stream;

/** Whether a stream's records are sealed at rest. */
public sealed interface Encryption {
    Encryption NONE = new None();

    /** Records are stored as they came. */
    record None() implements Encryption {}

    /** Records are sealed under the master key of this id, ARN or alias. */
    record Kms(String keyId) implements Encryption {}
}
