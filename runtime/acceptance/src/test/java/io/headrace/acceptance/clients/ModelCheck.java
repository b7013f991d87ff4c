package io.headrace.acceptance.clients;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;

/**
 * Compares an answer as it came over the wire with the service model: no member the model doesn't
 * know, none of another type, none that is null, and all that it requires.
 */
final class ModelCheck {
    private static final Properties REQUIRED = load();

    private final List<String> problems = new ArrayList<>();

    private ModelCheck() {}

    /** What is wrong with the answer; empty if it fits. */
    static List<String> problems(SdkPojo shape, JsonNode answer) {
        var check = new ModelCheck();
        check.structure(shape.getClass().getSimpleName(), shape, answer);
        return List.copyOf(check.problems);
    }

    private void structure(String path, SdkPojo shape, JsonNode found) {
        if (!found.isObject()) {
            problems.add(path + " is no structure but " + found.getNodeType());
            return;
        }
        var fields =
                shape.sdkFields().stream()
                        .collect(Collectors.toMap(SdkField::locationName, field -> field));
        for (var member : found.properties()) {
            var field = fields.get(member.getKey());
            if (field == null) {
                problems.add(path + "." + member.getKey() + " is not in the model");
            } else {
                value(path + "." + member.getKey(), field, member.getValue());
            }
        }
        for (var required : required(shape)) {
            if (!found.has(required)) {
                problems.add(path + "." + required + " is required but missing");
            }
        }
    }

    private void value(String path, SdkField<?> field, JsonNode found) {
        if (found.isNull()) {
            problems.add(path + " is null instead of absent");
            return;
        }
        var type = field.marshallingType();
        if (type.equals(MarshallingType.SDK_POJO)) {
            structure(path, field.constructor().get(), found);
        } else if (type.equals(MarshallingType.LIST)) {
            require(found.isArray(), path, found);
            var member = field.getTrait(ListTrait.class).memberFieldInfo();
            int i = 0;
            for (var item : found) {
                value(path + "[" + i++ + "]", member, item);
            }
        } else if (type.equals(MarshallingType.MAP)) {
            require(found.isObject(), path, found);
            var member = field.getTrait(MapTrait.class).valueFieldInfo();
            found.properties()
                    .forEach(entry -> value(path + "." + entry.getKey(), member, entry.getValue()));
        } else {
            require(fits(type, found), path, found);
        }
    }

    private static boolean fits(MarshallingType<?> type, JsonNode found) {
        if (type.equals(MarshallingType.STRING)) {
            return found.isTextual();
        }
        if (type.equals(MarshallingType.INTEGER) || type.equals(MarshallingType.LONG)) {
            return found.isIntegralNumber();
        }
        if (type.equals(MarshallingType.BOOLEAN)) {
            return found.isBoolean();
        }
        if (type.equals(MarshallingType.INSTANT)) {
            return found.isNumber();
        }
        if (type.equals(MarshallingType.SDK_BYTES)) {
            return found.isBinary() || found.isTextual();
        }
        return true;
    }

    private void require(boolean fits, String path, JsonNode found) {
        if (!fits) {
            problems.add(path + " is " + found.getNodeType());
        }
    }

    private static Set<String> required(SdkPojo shape) {
        var names =
                REQUIRED.getProperty(shape.getClass().getSimpleName().replaceAll("Builder$", ""));
        if (names == null && shape.getClass().getEnclosingClass() != null) {
            names = REQUIRED.getProperty(shape.getClass().getEnclosingClass().getSimpleName());
        }
        return names == null ? Set.of() : Set.of(names.split(","));
    }

    private static Properties load() {
        var properties = new Properties();
        try (InputStream in =
                ModelCheck.class.getResourceAsStream("/required-members.properties")) {
            if (in == null) {
                throw new IllegalStateException("required-members.properties is missing");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
