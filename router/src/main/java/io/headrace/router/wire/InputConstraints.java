package io.headrace.router.wire;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;

/** What one operation's request must satisfy. Immutable; any thread. */
public final class InputConstraints {
    private final ServiceConstraints service;
    private final ShapeFacts input;

    InputConstraints(ServiceConstraints service, ShapeFacts input) {
        this.service = service;
        this.input = input;
    }

    /**
     * Refuses a request that breaks constraints.
     *
     * @throws WireException a ValidationException in AWS's words
     */
    public void check(SdkPojo request) {
        var violations = new Violations();
        checkStructure(input, request, "", violations);
        violations.throwIfAny();
    }

    ShapeFacts input() {
        return input;
    }

    /** A member's path begins with a small letter; {@code StreamARN} becomes streamARN. */
    static String pathOf(String member) {
        return member.substring(0, 1).toLowerCase(Locale.ROOT) + member.substring(1);
    }

    static String lengthAtMost(long max) {
        return "Member must have length less than or equal to " + max;
    }

    static String lengthAtLeast(long min) {
        return "Member must have length greater than or equal to " + min;
    }

    private void checkStructure(
            ShapeFacts structure, SdkPojo pojo, String prefix, Violations violations) {
        var plan = PojoPlan.of(pojo);
        for (var member : structure.members().entrySet()) {
            var planned = plan.member(member.getKey());
            var value = planned == null ? null : present(planned.get(pojo));
            var path = prefix + pathOf(member.getKey());
            if (value != null) {
                check(service.shape(member.getValue()), value, path, violations);
            } else if (structure.required().contains(member.getKey())) {
                violations.absent(path);
            }
        }
    }

    private static @Nullable Object present(@Nullable Object value) {
        return value instanceof SdkAutoConstructList || value instanceof SdkAutoConstructMap
                ? null
                : value;
    }

    private void check(ShapeFacts shape, Object value, String path, Violations violations) {
        switch (value) {
            case String text -> shape.checkText(text, path, violations);
            case Integer number -> shape.checkNumber(number, path, violations);
            case Long number -> shape.checkNumber(number, path, violations);
            case SdkBytes bytes ->
                    new ValueConstraints(shape)
                            .checkBlob(bytes.asByteArrayUnsafe().length, path, violations);
            case SdkPojo pojo -> checkStructure(shape, pojo, path + ".", violations);
            case List<?> list -> checkList(shape, list, path, violations);
            case Map<?, ?> map -> checkMap(shape, map, path, violations);
            default -> {
                // Booleans, doubles and timestamps have no constraints in any model.
            }
        }
    }

    private void checkList(ShapeFacts shape, List<?> list, String path, Violations violations) {
        checkSize(shape, list.size(), list, path, violations);
        if (shape.element() == null) {
            return;
        }
        var element = service.shape(shape.element());
        if (element.type().equals("string")) {
            checkAll(element, list, "Member", list, path, violations);
            return;
        }
        for (int i = 0; i < list.size() && !violations.isFull(); i++) {
            check(element, list.get(i), path + "." + (i + 1) + ".member", violations);
        }
    }

    private void checkMap(ShapeFacts shape, Map<?, ?> map, String path, Violations violations) {
        checkSize(shape, map.size(), map, path, violations);
        if (shape.key() != null) {
            checkAll(service.shape(shape.key()), map.keySet(), "Map keys", map, path, violations);
        }
        if (shape.element() != null && service.shape(shape.element()).type().equals("string")) {
            var value = service.shape(shape.element());
            checkAll(value, map.values(), "Map value", map, path, violations);
        }
    }

    private static void checkSize(
            ShapeFacts shape, int size, Object printed, String path, Violations violations) {
        if (shape.min() != null && size < shape.min()) {
            violations.lengthBelow(PrintedValue.of(printed), path, shape.min());
        }
        if (shape.max() != null && size > shape.max()) {
            violations.lengthAbove(PrintedValue.of(printed), path, shape.max());
        }
    }

    /** Of texts in a container AWS reports the container, once, with all constraints in a row. */
    private static void checkAll(
            ShapeFacts element,
            Iterable<?> texts,
            String who,
            Object container,
            String path,
            Violations violations) {
        for (var text : texts) {
            if (!element.allowsText((String) text)) {
                violations.add(
                        PrintedValue.of(container),
                        path,
                        who + " must satisfy constraint: " + element.joined().orElseThrow());
                return;
            }
        }
    }
}
