package io.headrace.store.object;

import io.headrace.store.record.DamagedBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A value that changes, on a store whose objects don't: each change creates the object of the next
 * version, and whoever loses the race reads the winner's. Versions are named {@code
 * <prefix><Long.MAX_VALUE - version, 19 digits>}, so the newest is listed first. An object is one
 * line and the content:
 *
 * <pre>
 * "HRV1 " | CRC-32C over version (u64) and content, 8 hex digits | "\n" | content
 * </pre>
 *
 * A prefix ends in {@code /} and has nothing else below it. Every method may block; any thread may
 * call.
 */
public final class VersionedObject {
    private static final String MAGIC = "HRV1 ";
    private static final int HEADER_BYTES = MAGIC.length() + 9;
    private static final int ATTEMPTS_MAX = 16;

    private VersionedObject() {}

    /**
     * What is looked at beyond the object itself; all of it, but in a simulation that shows why.
     *
     * @param afterRead whether the version read is still the highest
     * @param afterCreate whether the version created is
     */
    public record Looks(boolean afterRead, boolean afterCreate) {
        public static final Looks ALL = new Looks(true, true);
    }

    /** One version; {@code content} is read-only and gives a fresh view each time. */
    public record Version(long number, ByteBuffer content) {
        public Version {
            if (number < 0) {
                throw new IllegalArgumentException("version " + number);
            }
            content = content.slice().asReadOnlyBuffer();
        }

        @Override
        public ByteBuffer content() {
            return content.duplicate();
        }
    }

    /**
     * The highest version there is, or empty if there never was one.
     *
     * @throws DamagedBlockException if its bytes are not what was written
     */
    public static Optional<Version> newest(ObjectStore store, String prefix) throws IOException {
        return newest(store, prefix, Looks.ALL);
    }

    /** As {@link #newest(ObjectStore, String)}, with so many looks. */
    public static Optional<Version> newest(ObjectStore store, String prefix, Looks looks)
            throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            var listed = newestName(store, prefix);
            if (listed.isEmpty()) {
                return Optional.empty();
            }
            var name = listed.get();
            var found = store.get(name);
            // Another version may have come, and this one gone, while we read.
            if (found.isPresent()
                    && (!looks.afterRead() || newestName(store, prefix).equals(listed))) {
                return Optional.of(decode(prefix, name, found.get()));
            }
        }
        throw new IOException(prefix + " changes faster than it can be read");
    }

    /** Number of the highest version there is, which may be damaged. */
    public static OptionalLong newestNumber(ObjectStore store, String prefix) throws IOException {
        var name = newestName(store, prefix);
        return name.isEmpty() ? OptionalLong.empty() : OptionalLong.of(version(prefix, name.get()));
    }

    /**
     * Creates a version. The content must tell its writer from every other (an owner, a journal id,
     * a nonce): that is how an answer that got lost is settled.
     *
     * @return true only if this content is now the highest version; false if another's is or was
     * @throws StoreFullException if there was no room; nothing was created
     * @throws IOException if the outcome is unknown
     */
    public static boolean create(ObjectStore store, String prefix, long version, ByteBuffer content)
            throws IOException {
        return create(store, prefix, version, content, Looks.ALL);
    }

    /** As {@link #create(ObjectStore, String, long, ByteBuffer)}, with so many looks. */
    public static boolean create(
            ObjectStore store, String prefix, long version, ByteBuffer content, Looks looks)
            throws IOException {
        var name = name(prefix, version);
        var bytes = encode(version, content);
        IOException unclear = null;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                if (store.createIfAbsent(name, bytes.duplicate())) {
                    return !looks.afterCreate() || isNewest(store, prefix, name);
                }
            } catch (StoreFullException e) {
                // An earlier attempt may still land.
                throw unclear == null ? e : withCause(unclear, e);
            } catch (IOException e) {
                unclear = unclear == null ? e : withCause(unclear, e);
            }
            // "Exists already" may also be our own object, created by a retry below us.
            Optional<ByteBuffer> found;
            try {
                found = store.get(name);
                if (found.isPresent()) {
                    return found.get().equals(bytes)
                            && (!looks.afterCreate() || isNewest(store, prefix, name));
                }
                // Of this very version it may be ours, that arrived after we looked.
                if (hasHigher(store, prefix, version)) {
                    return false;
                }
            } catch (IOException e) {
                unclear = unclear == null ? e : withCause(unclear, e);
            }
        }
        throw new IOException("it is unknown whether " + name + " was created", unclear);
    }

    /**
     * As {@link #create} for one version each of many prefixes, with few syncs.
     *
     * @return the prefixes for which it would have been true
     */
    public static Set<String> createAll(ObjectStore store, Map<String, Version> versions)
            throws IOException {
        var objects = new LinkedHashMap<String, ByteBuffer>();
        versions.forEach((prefix, version) ->
                objects.put(
                        name(prefix, version.number()),
                        encode(version.number(), version.content())));
        Set<String> created;
        try {
            created = store.createAllIfAbsent(objects);
        } catch (StoreFullException e) {
            throw e;
        } catch (IOException e) {
            // Each is settled by itself below.
            created = Set.of();
        }
        var won = new LinkedHashSet<String>();
        for (var entry : versions.entrySet()) {
            var prefix = entry.getKey();
            var version = entry.getValue();
            var name = name(prefix, version.number());
            boolean mine =
                    created.contains(name)
                            ? isNewest(store, prefix, name)
                            : create(store, prefix, version.number(), version.content());
            if (mine) {
                won.add(prefix);
            }
        }
        return won;
    }

    /**
     * What a version is stored as, for who fills a store that nobody uses yet.
     *
     * @param name of the object
     * @param bytes all of it
     */
    public record Stored(String name, ByteBuffer bytes) {}

    /** The object of a version, as {@link #create} would write it. */
    public static Stored stored(String prefix, Version version) {
        return new Stored(
                name(prefix, version.number()), encode(version.number(), version.content()));
    }

    /** Removes every version but the highest. */
    public static void collect(ObjectStore store, String prefix) throws IOException {
        var names = store.list(prefix);
        for (int i = 1; i < names.size(); i++) {
            store.delete(names.get(i));
        }
    }

    private static String name(String prefix, long version) {
        if (version < 0 || !prefix.endsWith("/")) {
            throw new IllegalArgumentException("version " + version + " of " + prefix);
        }
        return "%s%019d".formatted(prefix, Long.MAX_VALUE - version);
    }

    private static long version(String prefix, String name) {
        var digits = name.substring(prefix.length());
        if (digits.length() == 19 && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            try {
                return Long.MAX_VALUE - Long.parseLong(digits);
            } catch (NumberFormatException e) {
                throw new DamagedBlockException(name + " is no version of " + prefix, e);
            }
        }
        throw new DamagedBlockException(name + " is no version of " + prefix);
    }

    private static Optional<String> newestName(ObjectStore store, String prefix)
            throws IOException {
        var names = store.list(prefix);
        return names.isEmpty() ? Optional.empty() : Optional.of(names.getFirst());
    }

    private static boolean isNewest(ObjectStore store, String prefix, String name)
            throws IOException {
        return newestName(store, prefix).filter(name::equals).isPresent();
    }

    private static boolean hasHigher(ObjectStore store, String prefix, long version)
            throws IOException {
        var newest = newestName(store, prefix);
        return newest.isPresent() && version(prefix, newest.get()) > version;
    }

    private static ByteBuffer encode(long version, ByteBuffer content) {
        var bytes = ByteBuffer.allocate(HEADER_BYTES + content.remaining());
        return bytes.put(header(version, content)).put(content.duplicate()).flip();
    }

    private static byte[] header(long version, ByteBuffer content) {
        var checksum = HexFormat.of().toHexDigits(checksum(version, content));
        return (MAGIC + checksum + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static Version decode(String prefix, String name, ByteBuffer bytes) {
        int length = bytes.remaining() - HEADER_BYTES;
        if (length < 0) {
            throw new DamagedBlockException(name + " has only " + bytes.remaining() + " bytes");
        }
        var version = new Version(version(prefix, name), bytes.slice(HEADER_BYTES, length));
        var expected = ByteBuffer.wrap(header(version.number(), version.content()));
        if (!bytes.slice(0, HEADER_BYTES).equals(expected)) {
            throw new DamagedBlockException(name + " is damaged: its checksum does not match");
        }
        return version;
    }

    private static int checksum(long version, ByteBuffer content) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(version).flip());
        crc.update(content.duplicate());
        return (int) crc.getValue();
    }

    private static IOException withCause(IOException first, IOException next) {
        first.addSuppressed(next);
        return first;
    }
}
