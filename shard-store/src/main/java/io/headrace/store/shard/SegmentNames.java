package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.object.ObjectStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Names of a shard's segments and lists: where, the version of the manifest that is to name it
 * first, and a number of its own. Any thread may call.
 */
final class SegmentNames {
    private static final int VERSION_DIGITS = 19;

    private SegmentNames() {}

    static String segments(ShardKey shard) {
        return shard.prefix() + "segments/";
    }

    static String lists(ShardKey shard) {
        return shard.prefix() + "lists/";
    }

    static String of(String prefix, long version, long nonce) {
        return prefix + "%019d-%s".formatted(version, HexFormat.of().toHexDigits(nonce));
    }

    /**
     * The shard's segments and lists that there are and that a manifest of this version or an older
     * one was to name; whatever else someone put there is left out.
     */
    static Set<String> upTo(ObjectStore objects, ShardKey shard, long version) throws IOException {
        var found = new HashSet<String>();
        for (var prefix : new String[] {segments(shard), lists(shard)}) {
            for (var name : objects.list(prefix)) {
                if (isName(name, prefix) && versionIn(name, prefix) <= version) {
                    found.add(name);
                }
            }
        }
        return found;
    }

    private static boolean isName(String name, String prefix) {
        return name.substring(prefix.length()).matches("[0-9]{19}-[0-9a-f]{16}");
    }

    private static long versionIn(String name, String prefix) {
        return Long.parseLong(name, prefix.length(), prefix.length() + VERSION_DIGITS, 10);
    }
}
