package io.headrace.node.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.store.StoreRestore;
import io.headrace.store.object.CopyTarget;
import io.headrace.store.shard.ParallelTasks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A backup: the files of a data directory, or the objects of a store that nodes share, and {@code
 * backup.json}, which names each with its length and SHA-256 and is written last, so that an
 * unfinished backup is none. A directory, or a zip file if its name ends so. For one thread.
 *
 * <pre>
 * {"format": 1, "of": "node" or "store", "takenMillis": …, "files": [{"name": "journal/…", "bytes": …, "sha256": "…"}]}
 * </pre>
 */
public final class Backup implements AutoCloseable {
    private static final int FORMAT = 1;
    private static final String LIST = "backup.json";
    private static final String KEYS = "keys.json";
    private static final String OBJECTS = "objects/";
    private static final String OF = "of";
    private static final String NODE = "node";
    private static final String STORE = "store";
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path where;
    private final Path root;
    private final @Nullable FileSystem zip;
    private boolean writing;

    private Backup(Path where, Path root, @Nullable FileSystem zip) {
        this.where = where;
        this.root = root;
        this.zip = zip;
    }

    /** How much a backup holds. */
    public record Size(int files, long bytes) {}

    /**
     * Begins a backup where there is none yet.
     *
     * @throws IOException if there is anything
     */
    public static Backup create(Path where) throws IOException {
        if (isZip(where)) {
            if (Files.exists(where)) {
                throw new IOException(where + " exists");
            }
            // The file system writes beside it and moves that in its place at the end.
            return zip(where, Map.of("create", "true", "useTempFile", true));
        }
        Files.createDirectories(where);
        try (var there = Files.list(where)) {
            if (there.findAny().isPresent()) {
                throw new IOException(where + " is not empty");
            }
        }
        return new Backup(where, where, null);
    }

    /** Opens a finished backup. */
    public static Backup open(Path where) throws IOException {
        if (!Files.exists(where)) {
            throw new NoSuchFileException("there is no backup " + where);
        }
        return isZip(where)
                ? zip(where, Map.of("accessMode", "readOnly"))
                : new Backup(where, where, null);
    }

    private static boolean isZip(Path where) {
        return where.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
    }

    private static Backup zip(Path where, Map<String, ?> options) throws IOException {
        var uri = URI.create("jar:" + where.toAbsolutePath().toUri());
        var zip = FileSystems.newFileSystem(uri, options);
        return new Backup(where, zip.getPath("/"), zip);
    }

    /**
     * Copies everything and, once it is on the disk, says so.
     *
     * @param keys a file of master keys to put in too
     */
    public Size write(BackupSource source, @Nullable Path keys, InstantSource clock)
            throws IOException, InterruptedException {
        writing = true;
        long takenMs = clock.millis();
        var files = new ArrayList<BackupFile>();
        for (var file : source.files()) {
            try (var target = newFile(file.name())) {
                source.copy(file, target);
                files.add(target.written(file.name()));
            }
        }
        return finish(NODE, files, keys, takenMs);
    }

    /** Puts all objects of a store where it is told to. */
    @FunctionalInterface
    public interface Objects {
        void copyTo(CopyTarget target) throws IOException;
    }

    /**
     * As {@link #write}, of a store that nodes share.
     *
     * @param objects may come from several threads
     */
    public Size writeStore(Objects objects, @Nullable Path keys, InstantSource clock)
            throws IOException {
        writing = true;
        long takenMs = clock.millis();
        var files = new ArrayList<BackupFile>();
        objects.copyTo((name, content) -> {
            synchronized (files) {
                files.add(newObject(OBJECTS + name, content));
            }
        });
        return finish(STORE, files, keys, takenMs);
    }

    private Size finish(String of, List<BackupFile> files, @Nullable Path keys, long takenMs)
            throws IOException {
        if (keys != null) {
            try (var target = newFile(KEYS)) {
                Files.copy(keys, target);
                files.add(target.written(KEYS));
            }
        }
        for (var file : files) {
            sync(root.resolve(file.name()));
        }
        writeList(of, files, takenMs);
        return size(files);
    }

    /**
     * Puts everything into an empty data directory, each file checked.
     *
     * @throws IOException if the backup is incomplete or damaged, or the directory is not empty
     */
    public Size restore(Path dataDir) throws IOException {
        var files = readList(NODE, "of a store that nodes share: restore it with --store");
        try (var restore = StoreRestore.into(dataDir)) {
            for (var file : files) {
                try (var content = Files.newInputStream(existing(file.name()))) {
                    var checked = new Checked(content);
                    restore.file(file.name(), checked);
                    checked.expect(file);
                }
            }
            restore.finish();
        }
        return size(files);
    }

    /**
     * Puts all objects where nobody uses them yet, each checked.
     *
     * @param keysTo where to put master keys that are in the backup; null to leave them there
     * @throws IOException if the backup is incomplete or damaged
     */
    public Size restoreTo(
            CopyTarget target,
            ParallelTasks workers,
            ParallelTasks.Done progress,
            @Nullable Path keysTo)
            throws IOException {
        var files =
                readList(
                        STORE,
                        "of a node by itself: restore it with --data, and then move it with"
                                + " headrace store migrate");
        workers.all(files, file -> restore(file, target, keysTo), progress);
        return size(files);
    }

    private boolean restore(BackupFile file, CopyTarget target, @Nullable Path keysTo)
            throws IOException {
        byte[] content;
        try (var stored = Files.newInputStream(existing(file.name()))) {
            var checked = new Checked(stored);
            content = checked.readAllBytes();
            checked.expect(file);
        }
        if (file.name().startsWith(OBJECTS)) {
            target.create(file.name().substring(OBJECTS.length()), ByteBuffer.wrap(content));
        } else if (file.name().equals(KEYS) && keysTo != null) {
            Files.write(Files.createFile(keysTo, OWNER_ONLY), content);
        }
        return true;
    }

    /** Whether master keys are in it. */
    public boolean hasKeys() {
        return Files.isRegularFile(root.resolve(KEYS));
    }

    @Override
    public void close() throws IOException {
        if (zip != null) {
            zip.close();
            if (writing) {
                Files.setPosixFilePermissions(where, PosixFilePermissions.fromString("rw-------"));
                sync(where);
            }
        }
    }

    private Path existing(String name) throws IOException {
        var path = root.resolve(name).normalize();
        if (!path.startsWith(root) || !Files.isRegularFile(path)) {
            throw new IOException("the backup %s lacks the file %s".formatted(where, name));
        }
        return path;
    }

    private Counting newFile(String name) throws IOException {
        var path = root.resolve(name);
        var folder = path.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (zip == null) {
            // Records may be private, and the key file is.
            Files.createFile(path, OWNER_ONLY);
            return new Counting(Files.newOutputStream(path));
        }
        return new Counting(Files.newOutputStream(path, StandardOpenOption.CREATE_NEW));
    }

    private BackupFile newObject(String name, ByteBuffer content) throws IOException {
        try (var target = newFile(name)) {
            var bytes = new byte[content.remaining()];
            content.duplicate().get(bytes);
            target.write(bytes, 0, bytes.length);
            return target.written(name);
        }
    }

    private static void sync(Path file) throws IOException {
        if (file.getFileSystem().equals(FileSystems.getDefault())) {
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    private void writeList(String of, List<BackupFile> files, long takenMs) throws IOException {
        var list =
                JSON.createObjectNode()
                        .put("format", FORMAT)
                        .put(OF, of)
                        .put("takenMillis", takenMs);
        var array = list.putArray("files");
        for (var file : files) {
            array.addObject()
                    .put("name", file.name())
                    .put("bytes", file.bytes())
                    .put("sha256", file.sha256());
        }
        var path = root.resolve(LIST);
        Files.write(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(list));
        sync(path);
    }

    /**
     * @param of what the backup is to be of
     * @param isOther what to say if it is not
     */
    private List<BackupFile> readList(String of, String isOther) throws IOException {
        var path = root.resolve(LIST);
        if (!Files.exists(path)) {
            throw new IOException(where + " is no finished backup: it has no " + LIST);
        }
        try {
            var list = JSON.readTree(Files.readAllBytes(path));
            if (list.path("format").asInt() != FORMAT) {
                throw new IOException(
                        "%s has backup format %s; this build reads %d"
                                .formatted(where, list.path("format"), FORMAT));
            }
            if (!list.path(OF).asText(NODE).equals(of)) {
                throw new IOException("the backup %s is %s".formatted(where, isOther));
            }
            var files = new ArrayList<BackupFile>();
            for (var file : list.path("files")) {
                files.add(
                        new BackupFile(
                                file.path("name").asText(),
                                file.path("bytes").asLong(-1),
                                file.path("sha256").asText()));
            }
            return files;
        } catch (JsonProcessingException e) {
            throw new IOException(path + " is damaged", e);
        }
    }

    private static Size size(List<BackupFile> files) {
        return new Size(files.size(), files.stream().mapToLong(BackupFile::bytes).sum());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Takes the measure of what is written. */
    private static final class Counting extends DigestOutputStream {
        private long bytes;

        Counting(OutputStream out) {
            super(out, sha256());
        }

        @Override
        public void write(int b) throws IOException {
            super.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] b, int offset, int length) throws IOException {
            super.write(b, offset, length);
            bytes += length;
        }

        BackupFile written(String name) throws IOException {
            flush();
            return new BackupFile(name, bytes, HexFormat.of().formatHex(digest.digest()));
        }
    }

    /** Takes the measure of what is read. */
    private final class Checked extends DigestInputStream {
        private long bytes;

        Checked(InputStream in) {
            super(in, sha256());
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            bytes += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            int count = super.read(b, offset, length);
            bytes += Math.max(0, count);
            return count;
        }

        void expect(BackupFile file) throws IOException {
            var found = HexFormat.of().formatHex(digest.digest());
            if (bytes != file.bytes() || !found.equals(file.sha256())) {
                throw new IOException(
                        "the file %s of the backup %s is damaged: its length or checksum is wrong"
                                .formatted(file.name(), where));
            }
        }
    }
}
