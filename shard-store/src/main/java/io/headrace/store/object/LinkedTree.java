package io.headrace.store.object;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Makes a second tree of the same files; what begins with a dot stays out. */
final class LinkedTree extends SimpleFileVisitor<Path> {
    private final Path from;
    private final Path to;

    LinkedTree(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
            throws IOException {
        if (isHidden(folder)) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        Files.createDirectories(to.resolve(from.relativize(folder)));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!isHidden(file)) {
            Files.createLink(to.resolve(from.relativize(file)), file);
        }
        return FileVisitResult.CONTINUE;
    }

    private boolean isHidden(Path path) {
        var name = path.getFileName();
        return !path.equals(from) && name != null && name.toString().startsWith(".");
    }
}
