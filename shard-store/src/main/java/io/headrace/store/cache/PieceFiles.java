package io.headrace.store.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file per piece, which only the owner may read, in one of 256 folders of the store's:
 *
 * <pre>
 * "HRC1" | CRC-32C over store, object's name, piece's number and content | content
 * </pre>
 *
 * Nothing is synced: whatever a crash leaves of a file does not fit its checksum, or is right. Any
 * thread may call.
 */
final class PieceFiles {
    static final int HEADER_BYTES = 8;

    private static final int MAGIC = 0x48524331;

    private final Path folder;
    private final String store;
    private final boolean posix;

    /** A file that is there, by when it was written. */
    record Found(Piece piece, int bytes, FileTime written) {}

    private PieceFiles(Path folder, String store, boolean posix) {
        this.folder = folder;
        this.store = store;
        this.posix = posix;
    }

    /** Makes the folder of this store, and removes those of others: nobody bounds them. */
    static PieceFiles open(Path parent, String store) throws IOException {
        var digest = HexFormat.of().formatHex(Piece.sha256(store), 0, 16);
        boolean posix = parent.getFileSystem().supportedFileAttributeViews().contains("posix");
        var files = new PieceFiles(parent.resolve(digest), store, posix);
        Files.createDirectories(parent, files.attributes("rwx------"));
        try (var others = Files.newDirectoryStream(parent)) {
            for (var other : others) {
                if (!other.equals(files.folder)) {
                    removeTree(other);
                }
            }
        }
        for (int i = 0; i < 256; i++) {
            Files.createDirectories(
                    files.folder.resolve("%02x".formatted(i)), files.attributes("rwx------"));
        }
        return files;
    }

    /** What an earlier process left, oldest first; what is no piece is removed. */
    List<Found> found() throws IOException {
        var found = new ArrayList<Found>();
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        var piece = Piece.ofFileName(file.getFileName().toString());
                        long bytes = attributes.size() - HEADER_BYTES;
                        if (piece.isPresent()
                                && bytes > 0
                                && bytes <= CachedObjects.PIECE_BYTES
                                && file.equals(path(piece.get()))) {
                            found.add(
                                    new Found(
                                            piece.get(),
                                            (int) bytes,
                                            attributes.lastModifiedTime()));
                        } else {
                            Files.delete(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        found.sort(Comparator.comparing(Found::written));
        return found;
    }

    /** The content, or empty if the file does not hold it, for whatever reason. */
    Optional<ByteBuffer> read(Piece piece, String name) throws IOException {
        try (var file = FileChannel.open(path(piece), StandardOpenOption.READ)) {
            if (file.size() <= HEADER_BYTES
                    || file.size() > HEADER_BYTES + CachedObjects.PIECE_BYTES) {
                return Optional.empty();
            }
            var bytes = ByteBuffer.allocate((int) file.size());
            while (bytes.hasRemaining()) {
                if (file.read(bytes) < 0) {
                    throw new EOFException(path(piece) + " became shorter while it was read");
                }
            }
            bytes.flip();
            boolean same = bytes.getInt() == MAGIC;
            int crc = bytes.getInt();
            return same && crc == crc(piece, name, bytes) ? Optional.of(bytes) : Optional.empty();
        }
    }

    /** Writes it; what is left of it after a failure is no piece. */
    void write(Piece piece, String name, ByteBuffer content) throws IOException {
        var header = ByteBuffer.allocate(HEADER_BYTES).putInt(MAGIC);
        header.putInt(crc(piece, name, content)).flip();
        var options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        try (var file = FileChannel.open(path(piece), options, attributes("rw-------"))) {
            var parts = new ByteBuffer[] {header, content.duplicate()};
            while (parts[0].hasRemaining() || parts[1].hasRemaining()) {
                file.write(parts);
            }
        }
    }

    void delete(Piece piece) throws IOException {
        Files.deleteIfExists(path(piece));
    }

    /** Bytes that may still be written, or 0 if nobody can tell. */
    long usableBytes() {
        return folder.toFile().getUsableSpace();
    }

    Path folder() {
        return folder;
    }

    Path path(Piece piece) {
        var name = piece.fileName();
        return folder.resolve(name.substring(0, 2)).resolve(name);
    }

    private int crc(Piece piece, String name, ByteBuffer content) {
        var crc = new CRC32C();
        crc.update((store + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(piece.number()).flip());
        crc.update(content.duplicate());
        return (int) crc.getValue();
    }

    private FileAttribute<?>[] attributes(String permissions) {
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static void removeTree(Path root) throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException e) throws IOException {
                        if (e != null) {
                            throw e;
                        }
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
