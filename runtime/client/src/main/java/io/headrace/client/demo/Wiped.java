package io.headrace.client.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Takes a temporary directory away. */
final class Wiped {
    private Wiped() {}

    static void wipe(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (var tree = Files.walk(directory)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (var path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
