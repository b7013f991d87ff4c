package io.headrace.acceptance.rules;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The source tree under test. */
final class Project {
    /** Modules with Java code of ours, by path. */
    static final List<String> MODULES =
            List.of(
                    "shard-store",
                    "router",
                    "sdk/testkit",
                    "runtime/object-store",
                    "runtime/cluster",
                    "runtime/node",
                    "runtime/client");

    private static final Set<String> SKIPPED =
            Set.of("target", "node_modules", ".git", ".headrace", ".idea", "data");

    private Project() {}

    static Path root() {
        return Path.of(
                Objects.requireNonNull(
                        System.getProperty("headrace.root"), "system property headrace.root"));
    }

    static boolean hasCode(String module) {
        return Files.isDirectory(root().resolve(module).resolve("src/main/java"));
    }

    /** Files whose name ends so, but none that a build or a run made. */
    static List<Path> files(String... endings) throws IOException {
        var found = new ArrayList<Path>();
        Files.walkFileTree(
                root(),
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        return SKIPPED.contains(String.valueOf(directory.getFileName()))
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        for (var ending : endings) {
                            if (file.toString().endsWith(ending)) {
                                found.add(file);
                                break;
                            }
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return found;
    }

    static String shown(Path file) {
        return root().relativize(file).toString();
    }
}
