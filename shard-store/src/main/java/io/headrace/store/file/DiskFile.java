package io.headrace.store.file;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file that goes past the page cache where its file system can ({@code O_DIRECT}): what is
 * written is seldom read from the disk soon, and filling cache pages costs several times what the
 * transfer does. Where it cannot, an ordinary file. Any thread may read and write.
 */
public final class DiskFile implements Closeable {
    private final FileChannel channel;
    private final boolean direct;

    private DiskFile(FileChannel channel, boolean direct) {
        this.channel = channel;
        this.direct = direct;
    }

    /**
     * Opens a file as the options say.
     *
     * @param direct whether to go past the page cache; see {@link #isDirectPossible}
     */
    public static DiskFile open(Path path, boolean direct, StandardOpenOption... options)
            throws IOException {
        var all = new HashSet<OpenOption>(List.of(options));
        if (direct) {
            all.add(directOption());
        }
        return new DiskFile(FileChannel.open(path, all), direct);
    }

    /** Whether the file system of this directory can do without the page cache. */
    public static boolean isDirectPossible(Path directory) throws IOException {
        var probe = Files.createTempFile(directory, ".direct", ".tmp");
        try (var file = open(probe, true, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var page = AlignedBuffers.allocate(AlignedBuffers.ALIGNMENT);
            file.write(page, 0);
            file.read(page.clear(), 0);
            return true;
        } catch (UnsupportedOperationException | IOException e) {
            // How file systems say so differs; where they could not tell, the cache is right too.
            return false;
        } finally {
            Files.delete(probe);
        }
    }

    public long size() throws IOException {
        return channel.size();
    }

    /**
     * Writes all remaining bytes; after an exception nobody knows which.
     *
     * @param source its length a multiple of {@link AlignedBuffers#ALIGNMENT}
     * @param offset in the file, a multiple of it too
     */
    public void write(ByteBuffer source, long offset) throws IOException {
        if (!direct || AlignedBuffers.isAligned(source)) {
            writeFully(source, offset);
            return;
        }
        var piece = AlignedBuffers.borrow();
        long at = offset;
        while (source.hasRemaining()) {
            int length = Math.min(piece.capacity(), source.remaining());
            piece.clear().put(source.slice(source.position(), length)).flip();
            writeFully(piece, at);
            source.position(source.position() + length);
            at += length;
        }
        AlignedBuffers.giveBack(piece);
    }

    /** Makes the parts, one behind the other, all that an empty file holds. */
    public void writeAll(ByteBuffer... parts) throws IOException {
        var piece = AlignedBuffers.borrow();
        long at = 0;
        for (var part : parts) {
            while (part.hasRemaining()) {
                int length = Math.min(piece.remaining(), part.remaining());
                piece.put(part.slice(part.position(), length));
                part.position(part.position() + length);
                if (!piece.hasRemaining()) {
                    writeFully(piece.flip(), at);
                    at += piece.capacity();
                    piece.clear();
                }
            }
        }
        long length = at + piece.position();
        while (piece.position() % AlignedBuffers.ALIGNMENT != 0) {
            piece.put((byte) 0);
        }
        writeFully(piece.flip(), at);
        channel.truncate(length);
        AlignedBuffers.giveBack(piece);
    }

    /** Fills the target from anywhere in the file, or fails. */
    public void read(ByteBuffer target, long offset) throws IOException {
        if (!direct) {
            readFully(target, offset);
        } else if (offset % AlignedBuffers.ALIGNMENT == 0 && AlignedBuffers.isAligned(target)) {
            readFully(target, offset);
        } else {
            readThroughPieces(target, offset);
        }
    }

    /** Makes content, and what is needed to find it, durable. */
    public void sync() throws IOException {
        channel.force(false);
    }

    /** Makes all that is known of the file durable. */
    public void syncAll() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void writeFully(ByteBuffer source, long offset) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    private void readFully(ByteBuffer target, long offset) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                throw new EOFException("file ends at " + at);
            }
            at += read;
        }
    }

    private void readThroughPieces(ByteBuffer target, long offset) throws IOException {
        var piece = AlignedBuffers.borrow();
        long at = offset;
        while (target.hasRemaining()) {
            int skipped = (int) (at % AlignedBuffers.ALIGNMENT);
            long wanted = AlignedBuffers.roundUp((long) skipped + target.remaining());
            piece.clear().limit((int) Math.min(piece.capacity(), wanted));
            // Short at the end of the file, where it needs no multiple.
            int read = channel.read(piece, at - skipped);
            int usable = Math.min(read - skipped, target.remaining());
            if (usable <= 0) {
                throw new EOFException("file ends before " + (at + 1));
            }
            target.put(piece.slice(skipped, usable));
            at += usable;
        }
        AlignedBuffers.giveBack(piece);
    }

    /** By its name: the compiler calls all of {@code jdk.unsupported} internal. */
    private static OpenOption directOption() {
        try {
            var options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Stream.of(options)
                    .map(OpenOption.class::cast)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .findFirst()
                    .orElseThrow(UnsupportedOperationException::new);
        } catch (ClassNotFoundException e) {
            throw new UnsupportedOperationException("this JDK has no direct files", e);
        }
    }
}
