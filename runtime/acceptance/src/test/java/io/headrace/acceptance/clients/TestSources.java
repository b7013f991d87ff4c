package io.headrace.acceptance.clients;

import java.nio.file.Path;

/** Where this module's scripts in other languages are. */
final class TestSources {
    private TestSources() {}

    static Path directory(String language) {
        var root = System.getProperty("headrace.root");
        if (root == null) {
            throw new IllegalStateException("the build sets headrace.root");
        }
        return Path.of(root, "runtime", "acceptance", "src", "test", language);
    }
}
