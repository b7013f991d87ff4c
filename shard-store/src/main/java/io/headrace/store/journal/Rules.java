package io.headrace.store.journal;

import java.util.EnumSet;
import java.util.Set;

/** Which rules hold: all of them, but in a simulation that shows what breaks without one. */
public final class Rules {
    public static final Rules ALL = new Rules(EnumSet.allOf(Rule.class));

    private final Set<Rule> held;

    private Rules(Set<Rule> held) {
        this.held = held;
    }

    /** All but one; for simulations only. */
    public static Rules without(Rule rule) {
        var held = EnumSet.allOf(Rule.class);
        held.remove(rule);
        return new Rules(held);
    }

    public boolean hold(Rule rule) {
        return held.contains(rule);
    }
}
