package io.headrace.acceptance.crash;

import java.util.SplittableRandom;

/** What a producer puts: its name, a number that rises, and bytes that tell a torn record. */
record Load(String producer, long number, String filling) {
    private static final int FILLING_MAX = 2_000;

    static Load next(String producer, long number, SplittableRandom random) {
        int length = 1 + random.nextInt(random.nextInt(4) == 0 ? FILLING_MAX : 100);
        var filling = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            filling.append((char) ('a' + random.nextInt(26)));
        }
        return new Load(producer, number, filling.toString());
    }

    static Load parse(String data) {
        var parts = data.split(" ", 3);
        return new Load(parts[0], Long.parseLong(parts[1]), parts[2]);
    }

    String data() {
        return producer + " " + number + " " + filling;
    }
}
