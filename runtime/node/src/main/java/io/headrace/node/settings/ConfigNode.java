package io.headrace.node.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of a configuration file that knows its line. */
sealed interface ConfigNode {
    int line();

    /**
     * A single value.
     *
     * @param plain as it stands in the file, so that {@code 000000000000} keeps its zeros
     * @param quoted whether it can only be a text
     */
    record Scalar(String plain, boolean quoted, int line) implements ConfigNode {}

    /** A key with nothing behind it. */
    record Nothing(int line) implements ConfigNode {}

    record Sequence(List<ConfigNode> items, int line) implements ConfigNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** Members in the file's order. */
    record Mapping(Map<String, ConfigNode> members, int line) implements ConfigNode {
        public Mapping {
            members = new LinkedHashMap<>(members);
        }
    }
}
