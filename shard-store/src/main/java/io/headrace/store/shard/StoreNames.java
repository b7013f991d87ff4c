package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What lies in a shared store, by the names of a single listing.
 *
 * @param shards all names below each shard's prefix
 * @param journals ids of all journals of which there is anything
 * @param versioned the versions of each versioned object but floors, the newest first, by prefix
 * @param probes what a node tried the store with when it started
 * @param unknown no build of Headrace up to this one gives these names
 */
public record StoreNames(
        SortedMap<ShardKey, List<String>> shards,
        SortedSet<String> journals,
        SortedMap<String, List<String>> versioned,
        List<String> probes,
        List<String> unknown) {
    /** What all names of shards begin with. */
    public static final String SHARDS = "shards/";

    /** What all names of data keys begin with. */
    public static final String KEYS = "keys/";

    /** The prefix of what says which format all this has. */
    public static final String FORMAT = "meta/format/";

    /** What tokens are sealed with; the only one that is written once. */
    public static final String SECRET = "meta/secrets/tokens";

    private static final Pattern SHARD =
            Pattern.compile(
                    "shards/([0-9a-f]{16})/([0-9]{8,10})/"
                            + "(?:manifest/[0-9]{19}|(?:segments|lists)/[0-9]{19}-[0-9a-f]{16})");
    private static final Pattern JOURNAL =
            Pattern.compile("journal/([0-9a-f]{32})/(?:seal|(?:floor|entry)/[0-9]{19})");
    private static final Pattern OTHER =
            Pattern.compile(
                    "(?:meta/(?:format|streams/[^/]+/n=[^/]+|accounts/[^/]+)|keys/[0-9a-f]{16}"
                            + "|consumers/[0-9a-f]+/[0-9a-f]{16}/[0-9]{8,10})/[0-9]{19}");

    /** Reads the names, in one listing. */
    public static StoreNames list(ObjectStore objects) throws IOException {
        var names =
                new StoreNames(
                        new TreeMap<>(),
                        new TreeSet<>(),
                        new TreeMap<>(),
                        new ArrayList<>(),
                        new ArrayList<>());
        for (var name : objects.list("")) {
            names.add(name);
        }
        return names;
    }

    private void add(String name) {
        var shard = SHARD.matcher(name);
        var journal = JOURNAL.matcher(name);
        if (shard.matches() && isInt(shard.group(2))) {
            var key =
                    new ShardKey(
                            HexFormat.fromHexDigitsToLong(shard.group(1)),
                            Integer.parseInt(shard.group(2)));
            shards.computeIfAbsent(key, k -> new ArrayList<>()).add(name);
            if (name.startsWith(Manifest.prefix(key))) {
                addVersion(name);
            }
        } else if (journal.matches()) {
            journals.add(journal.group(1));
        } else if (OTHER.matcher(name).matches()) {
            addVersion(name);
        } else if (name.startsWith("probe/")) {
            probes.add(name);
        } else if (!name.equals(SECRET)) {
            unknown.add(name);
        }
    }

    private void addVersion(String name) {
        var prefix = name.substring(0, name.lastIndexOf('/') + 1);
        versioned.computeIfAbsent(prefix, p -> new ArrayList<>()).add(name);
    }

    private static boolean isInt(String digits) {
        return Long.parseLong(digits) <= Integer.MAX_VALUE;
    }
}
