package io.headrace.router.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkPojo;

/** The constraints resource and the SDK's classes come from different places and must agree. */
class ServiceModelTest {
    /** Members of the SDK's classes that the extracted model has not; new ones need a look. */
    private static final Map<String, List<String>> NEWER_IN_SDK = Map.of();

    static List<String> operations() {
        return KinesisModel.CONSTRAINTS.operations();
    }

    @Test
    void thereAre39Operations() {
        assertThat(operations()).hasSize(39);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyMemberIsInTheSdk(String operation) {
        var input = KinesisModel.CONSTRAINTS.operation(operation).input();
        assertAgrees(input, (SdkPojo) KinesisModel.request(operation));
        var output = KinesisModel.CONSTRAINTS.output(operation);
        if (output != null) {
            assertAgrees(output, (SdkPojo) KinesisModel.response(operation));
        }
    }

    private static void assertAgrees(ShapeFacts structure, SdkPojo pojo) {
        var plan = PojoPlan.of(pojo);
        for (var member : structure.members().entrySet()) {
            var shape = shapeOf(member.getValue());
            if (shape == null) {
                continue; // an event stream is no field of the response class
            }
            var planned = plan.member(member.getKey());
            if (planned == null) {
                throw new AssertionError(member.getKey() + " is not in " + pojo.getClass());
            }
            assertAgrees(shape, planned.shape());
        }
        var newer = NEWER_IN_SDK.getOrDefault(structure.name(), List.of());
        for (var member : plan.members()) {
            assertThat(
                            structure.members().containsKey(member.name())
                                    || newer.contains(member.name()))
                    .as("%s of %s is checked", member.name(), structure.name())
                    .isTrue();
        }
    }

    private static @Nullable ShapeFacts shapeOf(String name) {
        return name.endsWith("EventStream") ? null : KinesisModel.CONSTRAINTS.shape(name);
    }

    private static void assertAgrees(ShapeFacts facts, Shape shape) {
        switch (shape) {
            case Shape.Scalar scalar ->
                    assertThat(facts.type())
                            .isEqualTo(
                                    switch (scalar) {
                                        case TEXT -> "string";
                                        case BOOLEAN -> "boolean";
                                        case INTEGER -> "integer";
                                        case LONG -> "long";
                                        case DOUBLE -> "double";
                                        case TIMESTAMP -> "timestamp";
                                        case BLOB -> "blob";
                                    });
            case Shape.Structure structure -> assertAgrees(facts, structure.builder().get());
            case Shape.Sequence sequence -> {
                assertThat(facts.type()).isEqualTo("list");
                assertAgrees(element(facts), sequence.element());
            }
            case Shape.Dictionary dictionary -> {
                assertThat(facts.type()).isEqualTo("map");
                assertAgrees(element(facts), dictionary.value());
            }
        }
    }

    private static ShapeFacts element(ShapeFacts container) {
        return KinesisModel.CONSTRAINTS.shape(Objects.requireNonNull(container.element()));
    }
}
