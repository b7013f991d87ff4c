package io.headrace.router.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The constraints of a service's model: what is required, lengths, ranges, patterns, enumerations.
 * The SDK's classes do not carry them; the resource read here is extracted from the model by {@code
 * router/src/model/extract-constraints.py}. Immutable; any thread.
 */
public final class ServiceConstraints {
    private final Map<String, ShapeFacts> shapes;
    private final Map<String, String> inputs;
    private final Map<String, String> outputs;

    private ServiceConstraints(JsonNode model) {
        shapes = new HashMap<>();
        model.get("shapes")
                .properties()
                .forEach(entry ->
                        shapes.put(entry.getKey(), facts(entry.getKey(), entry.getValue())));
        inputs = new LinkedHashMap<>();
        outputs = new LinkedHashMap<>();
        for (var operation : model.get("operations").properties()) {
            inputs.put(operation.getKey(), operation.getValue().get("input").asText());
            if (operation.getValue().has("output")) {
                outputs.put(operation.getKey(), operation.getValue().get("output").asText());
            }
        }
    }

    /** Those of Kinesis Data Streams; reads the resource anew, so keep the result. */
    public static ServiceConstraints kinesis() {
        try (var in = ServiceConstraints.class.getResourceAsStream("kinesis-constraints.json")) {
            return new ServiceConstraints(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException("kinesis-constraints.json", e);
        }
    }

    /** Names of the operations, sorted. */
    public List<String> operations() {
        return List.copyOf(inputs.keySet());
    }

    /** What an operation's request must satisfy. */
    public InputConstraints operation(String name) {
        var input = inputs.get(name);
        if (input == null) {
            throw new IllegalArgumentException("no operation " + name);
        }
        return new InputConstraints(this, shape(input));
    }

    /** What one value must satisfy, by its shape's name, for operations without model classes. */
    public ValueConstraints value(String shapeName) {
        return new ValueConstraints(shape(shapeName));
    }

    ShapeFacts shape(String name) {
        var facts = shapes.get(name);
        if (facts == null) {
            throw new IllegalArgumentException("no shape " + name);
        }
        return facts;
    }

    @Nullable ShapeFacts output(String operation) {
        var output = outputs.get(operation);
        return output == null ? null : shape(output);
    }

    private static ShapeFacts facts(String name, JsonNode node) {
        var members = new LinkedHashMap<String, String>();
        node.path("members")
                .properties()
                .forEach(member -> members.put(member.getKey(), member.getValue().asText()));
        var pattern = text(node, "pattern");
        var key = text(node, "key");
        var element = text(node, key == null ? "member" : "value");
        return new ShapeFacts(
                name,
                node.get("type").asText(),
                number(node, "min"),
                number(node, "max"),
                pattern == null ? null : Pattern.compile(pattern),
                texts(node.path("enum")),
                members,
                Set.copyOf(texts(node.path("required"))),
                element,
                key);
    }

    private static @Nullable String text(JsonNode node, String field) {
        return node.has(field) ? node.get(field).asText() : null;
    }

    private static @Nullable Long number(JsonNode node, String field) {
        return node.has(field) ? node.get(field).asLong() : null;
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
