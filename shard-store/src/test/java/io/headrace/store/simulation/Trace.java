package io.headrace.store.simulation;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** What a simulation did, step by step: a digest to compare, and lines for whoever looks. */
public final class Trace {
    private final Consumer<String> lines;
    private final boolean told;
    private long digest;

    private Trace(Consumer<String> lines, boolean told) {
        this.lines = lines;
        this.told = told;
    }

    /** Only the digest. */
    public static Trace silent() {
        return new Trace(line -> {}, false);
    }

    public static Trace to(Consumer<String> lines) {
        return new Trace(lines, true);
    }

    public void add(String who, String what) {
        digest = (digest * 31 + who.hashCode()) * 31 + what.hashCode();
        if (told) {
            lines.accept(who + ": " + what);
        }
    }

    /** For whoever looks; no part of the digest. */
    public void tell(Supplier<String> detail) {
        if (told) {
            lines.accept("    " + detail.get());
        }
    }

    /** Equal for equal steps. */
    public long digest() {
        return digest;
    }
}
