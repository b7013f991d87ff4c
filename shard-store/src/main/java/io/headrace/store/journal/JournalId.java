package io.headrace.store.journal;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** 128 random bits: no journal is ever taken for another, nor a stale frame for a new one. */
record JournalId(long high, long low) {
    static JournalId random(RandomGenerator random) {
        return new JournalId(random.nextLong(), random.nextLong());
    }

    static JournalId parse(String text) {
        if (text.length() != 32) {
            throw new IllegalArgumentException("not a journal id: " + text);
        }
        return new JournalId(
                HexFormat.fromHexDigitsToLong(text, 0, 16),
                HexFormat.fromHexDigitsToLong(text, 16, 32));
    }

    @Override
    public String toString() {
        var hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
