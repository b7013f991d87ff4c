package io.headrace.router.wire;

import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;

/** The type of a member as the protocols know it. */
sealed interface Shape {
    /** A type without parts. */
    enum Scalar implements Shape {
        TEXT,
        BOOLEAN,
        INTEGER,
        LONG,
        DOUBLE,
        TIMESTAMP,
        BLOB
    }

    /**
     * Has members of its own.
     *
     * @param builder makes an empty builder, which is an SdkPojo as well
     */
    record Structure(Supplier<SdkPojo> builder) implements Shape {}

    record Sequence(Shape element) implements Shape {}

    /** Keys are text in every protocol. */
    record Dictionary(Shape value) implements Shape {}

    static Shape of(SdkField<?> field) {
        MarshallingType<?> type = field.marshallingType();
        if (type.equals(MarshallingType.SDK_POJO)) {
            return new Structure(field.constructor());
        }
        if (type.equals(MarshallingType.LIST)) {
            return new Sequence(of(field.getTrait(ListTrait.class).memberFieldInfo()));
        }
        if (type.equals(MarshallingType.MAP)) {
            return new Dictionary(of(field.getTrait(MapTrait.class).valueFieldInfo()));
        }
        return scalar(type, field);
    }

    private static Scalar scalar(MarshallingType<?> type, SdkField<?> field) {
        if (type.equals(MarshallingType.STRING)) {
            return Scalar.TEXT;
        }
        if (type.equals(MarshallingType.BOOLEAN)) {
            return Scalar.BOOLEAN;
        }
        if (type.equals(MarshallingType.INTEGER)) {
            return Scalar.INTEGER;
        }
        if (type.equals(MarshallingType.LONG)) {
            return Scalar.LONG;
        }
        if (type.equals(MarshallingType.DOUBLE)) {
            return Scalar.DOUBLE;
        }
        if (type.equals(MarshallingType.INSTANT)) {
            return Scalar.TIMESTAMP;
        }
        if (type.equals(MarshallingType.SDK_BYTES)) {
            return Scalar.BLOB;
        }
        throw new IllegalArgumentException(
                "no protocol of ours writes %s of type %s"
                        .formatted(field.memberName(), type.getTargetClass()));
    }
}
