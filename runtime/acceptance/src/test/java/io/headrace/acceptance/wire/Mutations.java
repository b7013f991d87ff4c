package io.headrace.acceptance.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes sound requests unsound, the same way for the same seed. For one thread. */
final class Mutations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper CBOR = new CBORMapper();
    private static final List<JsonNode> ODD = odd();

    private final Random random;

    Mutations(Random random) {
        this.random = random;
    }

    private static List<JsonNode> odd() {
        var nodes = new ArrayList<JsonNode>();
        var make = JSON.getNodeFactory();
        for (long number : new long[] {-1, 0, 1, 3, 99, 10_001, Integer.MAX_VALUE, 1L << 31}) {
            nodes.add(make.numberNode(number));
        }
        nodes.add(make.numberNode(Long.MIN_VALUE));
        nodes.add(make.numberNode(BigInteger.ONE.shiftLeft(128)));
        nodes.add(make.numberNode(new BigDecimal("1e300")));
        nodes.add(make.numberNode(-0.5));
        for (var text :
                List.of(
                        "",
                        " ",
                        "\0",
                        "*",
                        "é\uD83D\uDE00",
                        "a".repeat(3_000),
                        "null",
                        "arn:aws:kinesis:::",
                        "shardId-999999999999",
                        "shardId-",
                        "TRIM_HORIZON",
                        "-1",
                        "340282366920938463463374607431768211456",
                        "{\"Statement\":[{}]}",
                        "../..",
                        "a/b",
                        "AAAA",
                        "1e9",
                        "%s%n")) {
            nodes.add(make.textNode(text));
        }
        nodes.add(make.nullNode());
        nodes.add(make.booleanNode(true));
        nodes.add(make.binaryNode(new byte[] {0, 1, (byte) 0xff}));
        nodes.add(make.arrayNode());
        nodes.add(make.objectNode());
        nodes.add(make.arrayNode().add(make.objectNode().put("Data", "YQ==")).add(7));
        JsonNode deep = make.arrayNode();
        for (int depth = 0; depth < 300; depth++) {
            deep = make.arrayNode().add(deep);
        }
        nodes.add(deep);
        return List.copyOf(nodes);
    }

    /** A body with some of its members changed, as its format writes it. */
    byte[] structured(String body, boolean cbor) {
        try {
            var tree = (ObjectNode) JSON.readTree(body);
            if (cbor) {
                for (var parent : tree.findParents("Data")) {
                    ((ObjectNode) parent).put("Data", parent.get("Data").binaryValue());
                }
            }
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                var containers = new ArrayList<ContainerNode<?>>();
                collect(tree, containers);
                change(containers.get(random.nextInt(containers.size())));
            }
            return (cbor ? CBOR : JSON).writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new AssertionError(body, e);
        }
    }

    private static void collect(JsonNode node, List<ContainerNode<?>> containers) {
        if (node instanceof ContainerNode<?> container) {
            containers.add(container);
            container.forEach(child -> collect(child, containers));
        }
    }

    private void change(ContainerNode<?> container) {
        var odd = ODD.get(random.nextInt(ODD.size())).deepCopy();
        switch (container) {
            case ObjectNode object -> {
                var names = new ArrayList<String>();
                object.fieldNames().forEachRemaining(names::add);
                var name = names.isEmpty() ? "StreamId" : names.get(random.nextInt(names.size()));
                switch (random.nextInt(5)) {
                    case 0 -> object.remove(name);
                    case 1 -> object.set("Unknown", odd);
                    case 2 -> object.set("StreamARN", odd);
                    default -> object.set(name, odd);
                }
            }
            case ArrayNode array -> {
                if (array.isEmpty() || random.nextBoolean()) {
                    array.add(odd);
                } else {
                    array.set(random.nextInt(array.size()), odd);
                }
            }
            default -> throw new AssertionError(container);
        }
    }

    /** Bytes turned, doubled, taken out or cut off. */
    byte[] bytes(byte[] sound) {
        var changed = sound;
        for (int changes = 1 + random.nextInt(4); changes > 0 && changed.length > 0; changes--) {
            int at = random.nextInt(changed.length);
            int length = Math.min(changed.length - at, 1 + random.nextInt(8));
            changed =
                    switch (random.nextInt(4)) {
                        case 0 -> {
                            var turned = changed.clone();
                            turned[at] ^= (byte) (1 << random.nextInt(8));
                            yield turned;
                        }
                        case 1 -> joined(changed, at + length, at);
                        case 2 -> joined(changed, at, at + length);
                        default ->
                                random.nextInt(8) == 0
                                        ? joined(changed, at, changed.length)
                                        : set(changed, at);
                    };
        }
        return changed;
    }

    private byte[] set(byte[] bytes, int at) {
        var changed = bytes.clone();
        changed[at] = (byte) random.nextInt(256);
        return changed;
    }

    /** What ends at one place, and what begins at another. */
    private static byte[] joined(byte[] bytes, int end, int begin) {
        var joined = new byte[end + bytes.length - begin];
        System.arraycopy(bytes, 0, joined, 0, end);
        System.arraycopy(bytes, begin, joined, end, bytes.length - begin);
        return joined;
    }
}
