package io.headrace.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.object.VersionedObject.Version;
import io.headrace.store.shard.StoreNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Says of a shared store which format it has and whether it is whole: until a copy into it is
 * finished no node may use it, since half a copy would look like a store that lost data. A
 * versioned object at {@code meta/format/}, which the first node writes, or who fills the store:
 *
 * <pre>
 * {"format": 1, "state": "READY"}   or FILLING, and then {"by": "…", "from": "…"}
 * </pre>
 *
 * A store without it is of format 1. Any thread; blocks.
 */
public final class StoreFormat {
    private static final int FORMAT = 1;
    private static final String READY = "READY";
    private static final String FILLING = "FILLING";
    private static final ObjectMapper JSON = new ObjectMapper();

    private StoreFormat() {}

    /**
     * Begins to fill a store; {@link #filled} ends it.
     *
     * @param from what it is filled from, for people
     * @param nonce of this attempt
     * @param isAgain whether what an attempt left that did not finish may be removed
     * @throws IOException if there is anything else in it, or nodes use it
     */
    public static void fill(ObjectStore objects, String from, long nonce, boolean isAgain)
            throws IOException {
        var newest = VersionedObject.newest(objects, StoreNames.FORMAT);
        boolean isUnfinished = newest.isPresent() && isFilling(read(newest.get()));
        if (isUnfinished && !isAgain) {
            throw new IOException(unfinished(read(newest.get())));
        }
        long version = newest.map(found -> found.number() + 1).orElse(0L);
        if (!isUnfinished) {
            refuseUnlessEmpty(objects);
        }
        var begun =
                JSON.createObjectNode()
                        .put("format", FORMAT)
                        .put("state", FILLING)
                        .put("from", from)
                        .put("by", Long.toHexString(nonce));
        if (!VersionedObject.create(objects, StoreNames.FORMAT, version, bytes(begun))) {
            throw new IOException("another process uses the store, or fills it");
        }
        // A node that came first may have begun to write before it was there.
        for (var name : contents(objects)) {
            if (!isUnfinished) {
                throw new IOException("the store is not empty: it holds " + name);
            }
            objects.delete(name);
        }
    }

    /** From here on nodes may use it. */
    public static void filled(ObjectStore objects) throws IOException {
        var newest = VersionedObject.newest(objects, StoreNames.FORMAT);
        if (newest.isEmpty()
                || !isFilling(read(newest.get()))
                || !VersionedObject.create(
                        objects, StoreNames.FORMAT, newest.get().number() + 1, ready())) {
            throw new IOException("another process filled the store meanwhile");
        }
        VersionedObject.collect(objects, StoreNames.FORMAT);
    }

    /**
     * Refuses a store that is being filled, or of a newer format.
     *
     * @throws IOException saying so
     */
    public static void require(ObjectStore objects) throws IOException {
        var newest = VersionedObject.newest(objects, StoreNames.FORMAT);
        if (newest.isPresent()) {
            require(newest.get());
        }
    }

    /** As {@link #require}, and says of a new store which format it has. */
    public static void requireOrBegin(ObjectStore objects) throws IOException {
        if (VersionedObject.newestNumber(objects, StoreNames.FORMAT).isEmpty()) {
            // Whoever comes first; all nodes of this release write the same.
            var _ = VersionedObject.create(objects, StoreNames.FORMAT, 0, ready());
        }
        require(objects);
    }

    private static void require(Version newest) throws IOException {
        var json = read(newest);
        if (isFilling(json)) {
            throw new IOException(unfinished(json));
        }
    }

    private static JsonNode read(Version newest) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(StandardCharsets.UTF_8.decode(newest.content()).toString());
        } catch (JsonProcessingException e) {
            throw new IOException(StoreNames.FORMAT + " is no JSON", e);
        }
        int format = json.path("format").asInt();
        if (format != FORMAT) {
            throw new IOException(
                    "the store is of format %d%s; this build knows format %d"
                            .formatted(
                                    format,
                                    format > FORMAT ? ", which a newer Headrace wrote" : "",
                                    FORMAT));
        }
        return json;
    }

    private static boolean isFilling(JsonNode json) {
        return json.path("state").asText().equals(FILLING);
    }

    private static String unfinished(JsonNode json) {
        return "a copy of %s into the store did not finish; copy again; --again removes what is there"
                .formatted(json.path("from").asText());
    }

    private static void refuseUnlessEmpty(ObjectStore objects) throws IOException {
        var found = contents(objects);
        if (!found.isEmpty()) {
            throw new IOException("the store is not empty: it holds " + found.getFirst());
        }
    }

    /** All but what says the format, and what nodes leave that try a store. */
    private static List<String> contents(ObjectStore objects) throws IOException {
        return objects.list("").stream()
                .filter(name -> !name.startsWith(StoreNames.FORMAT) && !name.startsWith("probe/"))
                .toList();
    }

    private static ByteBuffer ready() {
        return bytes(JSON.createObjectNode().put("format", FORMAT).put("state", READY));
    }

    private static ByteBuffer bytes(JsonNode json) {
        return ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
