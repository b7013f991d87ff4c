package io.headrace.store.crypt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The master keys, in the place of a key service: a JSON file that only its owner may read. A key
 * has several versions; the newest wraps, all unwrap. Ids are those of KMS: a key id or {@code
 * alias/name}; an ARN names what follows its last {@code :}. Losing the file loses the encrypted
 * data. Any thread may call; changes replace the file atomically.
 *
 * <p>The file may be edited by hand while it is in use: {@link #refresh} takes over what is sound.
 * Whoever asks for a key hears of the key only; where the file is stands in the log.
 *
 * <pre>
 * {"format":1,"keys":{"alias/aws/kinesis":
 *     {"enabled":true,"versions":[{"id":"5f0c...","secret":"(32 bytes, base64)"}]}}}
 * </pre>
 */
public final class KeyFile {
    /** The key that Kinesis owns; it is there from the start. */
    public static final String DEFAULT_KEY = "alias/aws/kinesis";

    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
    private static final int FORMAT = 1;
    private static final int MISSED_MAX = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final RandomGenerator random;
    private volatile Map<String, Versions> keys;
    private volatile @Nullable String problem;
    // Keys that were asked for in vain, as far as they were logged.
    private final Set<String> missed = ConcurrentHashMap.newKeySet();
    private @Nullable Seen applied;
    private @Nullable Seen suspect;

    /** The file as it was found; without content if it was not there. */
    private record Seen(Set<PosixFilePermission> permissions, @Nullable ByteBuffer content) {}

    private record Versions(boolean enabled, List<MasterKey> oldestFirst) {
        Versions {
            oldestFirst = List.copyOf(oldestFirst);
        }
    }

    private KeyFile(Path file, RandomGenerator random, Map<String, Versions> keys) {
        this.file = file;
        this.random = random;
        this.keys = keys;
    }

    /**
     * Opens the file, or creates it with {@link #DEFAULT_KEY}.
     *
     * @param random a cryptographic source
     * @throws IOException if it can't be read, others may read it, or a newer build wrote it
     */
    public static KeyFile open(Path file, RandomGenerator random) throws IOException {
        var keyFile = openExisting(file, random);
        keyFile.createIfMissing();
        return keyFile;
    }

    /**
     * As {@link #open}, but while there is no file there are no keys: a new one in the place of one
     * that got lost would seal what the lost one can't open.
     */
    public static KeyFile openExisting(Path file, RandomGenerator random) throws IOException {
        var keyFile = new KeyFile(file.toAbsolutePath(), random, Map.of());
        if (Files.exists(keyFile.file)) {
            keyFile.reread();
        }
        return keyFile;
    }

    public boolean isMissing() {
        return !Files.exists(file);
    }

    /** Creates the file with {@link #DEFAULT_KEY} if there is none. */
    public synchronized void createIfMissing() throws IOException {
        if (isMissing()) {
            create(DEFAULT_KEY);
        }
    }

    /**
     * Takes over what was changed by hand; to be called now and then. What can't be used is logged
     * when it is met twice, since it may be half written the first time, and the keys stay as they
     * were.
     */
    public synchronized void refresh() {
        Seen seen = null;
        try {
            seen = look();
            if (seen.equals(applied) && problem == null) {
                return;
            }
            apply(seen);
            LOG.info("The key file {} was read again; it has the keys {}", file, keys.keySet());
        } catch (IOException e) {
            var reason = String.valueOf(e.getMessage());
            if (seen != null && !seen.equals(suspect)) {
                suspect = seen;
            } else if (!reason.equals(problem)) {
                problem = reason;
                LOG.error("{}; the keys in use stay as they were", reason);
            }
        }
    }

    /** Why the file as it is now is not in use; empty while it is. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Makes a new key; one that is there stays as it is. */
    public synchronized void create(String keyId) throws IOException {
        rereadIfThere();
        var id = normalized(keyId);
        if (!keys.containsKey(id)) {
            change(id, new Versions(true, List.of(newVersion(id))));
        }
    }

    /** Adds a version that wraps from now on; what the older ones wrapped stays readable. */
    public synchronized void rotate(String keyId) throws IOException {
        rereadIfThere();
        var key = existing(keyId);
        var versions = new ArrayList<>(key.oldestFirst());
        versions.add(newVersion(normalized(keyId)));
        change(normalized(keyId), new Versions(key.enabled(), versions));
    }

    /** A disabled key neither wraps nor unwraps until it is enabled again. */
    public synchronized void setEnabled(String keyId, boolean enabled) throws IOException {
        rereadIfThere();
        change(normalized(keyId), new Versions(enabled, existing(keyId).oldestFirst()));
    }

    /** What may be shown of a key: the newest version is the one that wraps. */
    public record Description(String id, boolean enabled, int versions, String newest) {}

    /** All keys, in order of their ids. */
    public List<Description> describe() {
        return new TreeMap<>(keys)
                .entrySet().stream().map(key -> describe(key.getKey(), key.getValue())).toList();
    }

    private static Description describe(String id, Versions key) {
        var versions = key.oldestFirst();
        return new Description(id, key.enabled(), versions.size(), versions.getLast().version());
    }

    public Set<String> ids() {
        return keys.keySet();
    }

    /**
     * Checks that a key can be used.
     *
     * @throws RefusedException KMS_NOT_FOUND or KMS_DISABLED
     */
    public void require(String keyId) {
        newest(keyId);
    }

    MasterKey newest(String keyId) {
        return enabled(keyId).oldestFirst().getLast();
    }

    MasterKey version(String keyId, String version) {
        return enabled(keyId).oldestFirst().stream()
                .filter(key -> key.version().equals(version))
                .findFirst()
                .orElseThrow(() ->
                        missing(
                                normalized(keyId) + " version " + version,
                                "Version %s of key %s does not exist.".formatted(version, keyId)));
    }

    /** The one form of a key's several: its id, or {@code alias/name}. */
    public static String normalized(String keyId) {
        var id = keyId.startsWith("arn:") ? keyId.substring(keyId.lastIndexOf(':') + 1) : keyId;
        return id.startsWith("key/") ? id.substring("key/".length()) : id;
    }

    private Versions enabled(String keyId) {
        var key = existing(keyId);
        if (!key.enabled()) {
            throw new RefusedException(ErrorCode.KMS_DISABLED, "Key " + keyId + " is disabled.");
        }
        return key;
    }

    private Versions existing(String keyId) {
        var key = keys.get(normalized(keyId));
        if (key == null) {
            throw missing(normalized(keyId), "Key " + keyId + " does not exist.");
        }
        return key;
    }

    private RefusedException missing(String what, String message) {
        if (missed.size() < MISSED_MAX && missed.add(what)) {
            // It may be what a client sent.
            LOG.warn("{} was asked for; it is not in {}", what.replaceAll("\\p{Cntrl}", "?"), file);
        }
        return new RefusedException(ErrorCode.KMS_NOT_FOUND, message);
    }

    private MasterKey newVersion(String id) {
        var version = HexFormat.of().toHexDigits(random.nextLong());
        return new MasterKey(id, version, AesGcm.newKey(random));
    }

    private void change(String id, Versions versions) throws IOException {
        var changed = new TreeMap<>(keys);
        changed.put(id, versions);
        write(changed);
        keys = Map.copyOf(changed);
    }

    private void write(Map<String, Versions> changed) throws IOException {
        var root = JSON.createObjectNode();
        root.put("format", FORMAT);
        var all = root.putObject("keys");
        changed.forEach((id, versions) -> write(all.putObject(id), versions));
        var bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
        var parent = Optional.ofNullable(file.getParent()).orElseThrow();
        Files.createDirectories(parent);
        var owner = PosixFilePermissions.fromString("rw-------");
        var temporary =
                Files.createTempFile(
                        parent, "keys", ".tmp", PosixFilePermissions.asFileAttribute(owner));
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                var content = ByteBuffer.wrap(bytes);
                while (content.hasRemaining()) {
                    channel.write(content);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            try (var channel = FileChannel.open(parent, StandardOpenOption.READ)) {
                channel.force(true);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void write(ObjectNode node, Versions versions) {
        node.put("enabled", versions.enabled());
        var array = node.putArray("versions");
        for (var key : versions.oldestFirst()) {
            var secret = Base64.getEncoder().encodeToString(key.secret().getEncoded());
            array.addObject().put("id", key.version()).put("secret", secret);
        }
    }

    /** So that a change does not undo what was changed by hand. */
    private void rereadIfThere() throws IOException {
        if (!isMissing()) {
            reread();
        }
    }

    private synchronized void reread() throws IOException {
        apply(look());
    }

    private Seen look() throws IOException {
        try {
            return new Seen(
                    Files.getPosixFilePermissions(file), ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return new Seen(Set.of(), null);
        }
    }

    private void apply(Seen seen) throws IOException {
        var found = parsed(seen);
        for (var key : found.entrySet()) {
            var known = keys.get(key.getKey());
            if (known != null) {
                requireSameSecrets(known, key.getValue());
            }
        }
        keys = found;
        applied = seen;
        suspect = null;
        problem = null;
        missed.clear();
    }

    private void requireSameSecrets(Versions before, Versions after) throws IOException {
        for (var old : before.oldestFirst()) {
            for (var version : after.oldestFirst()) {
                if (version.version().equals(old.version()) && !version.equals(old)) {
                    throw new IOException(
                            "key file %s has another secret for %s; a new secret needs a new version"
                                    .formatted(file, old));
                }
            }
        }
    }

    private Map<String, Versions> parsed(Seen seen) throws IOException {
        if (seen.content() == null) {
            throw new IOException("key file " + file + " is missing; put it back");
        }
        var others = EnumSet.allOf(PosixFilePermission.class);
        others.removeAll(PosixFilePermissions.fromString("rwx------"));
        others.retainAll(seen.permissions());
        if (!others.isEmpty()) {
            throw new IOException("others than its owner may use the key file; chmod 600 " + file);
        }
        try {
            var root = JSON.readTree(seen.content().array());
            int format = root.path("format").asInt();
            if (format > FORMAT) {
                throw new IOException(
                        "key file %s has format %d; this build reads up to %d: a newer Headrace wrote it"
                                .formatted(file, format, FORMAT));
            }
            if (format != FORMAT) {
                throw new IllegalArgumentException("format is missing");
            }
            var keys = new TreeMap<String, Versions>();
            for (var entry : root.path("keys").properties()) {
                keys.put(entry.getKey(), versions(entry.getKey(), entry.getValue()));
            }
            return Map.copyOf(keys);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // Without the cause: its message may quote a secret.
            throw new IOException("key file " + file + " can't be read: " + reason(e));
        }
    }

    private static String reason(Exception e) {
        return e instanceof JsonProcessingException json && json.getLocation() != null
                ? "bad JSON in line " + json.getLocation().getLineNr()
                : String.valueOf(e.getMessage());
    }

    private static Versions versions(String id, JsonNode key) {
        var versions = new ArrayList<MasterKey>();
        if (!id.equals(normalized(id))) {
            throw new IllegalArgumentException("key " + id + " must be named " + normalized(id));
        }
        var names = new HashSet<String>();
        for (var version : key.path("versions")) {
            if (!version.path("id").isTextual() || !names.add(version.path("id").asText())) {
                throw new IllegalArgumentException(
                        "each version of key " + id + " needs an id of its own");
            }
            byte[] secret;
            try {
                secret = Base64.getDecoder().decode(version.path("secret").asText());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("a secret of key " + id + " is not base64", e);
            }
            versions.add(new MasterKey(id, version.path("id").asText(), AesGcm.key(secret)));
        }
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("key " + id + " has no version");
        }
        return new Versions(key.path("enabled").asBoolean(true), versions);
    }
}
