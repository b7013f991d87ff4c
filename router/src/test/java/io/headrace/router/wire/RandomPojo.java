package io.headrace.router.wire;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.Buildable;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** Fills every member of a model class with a random value of its type. */
final class RandomPojo {
    private final RandomGenerator random;

    RandomPojo(RandomGenerator random) {
        this.random = random;
    }

    <T extends SdkPojo> T fill(SdkBuilder<?, T> builder) {
        fillMembers((SdkPojo) builder);
        return builder.build();
    }

    private void fillMembers(SdkPojo builder) {
        for (var member : PojoPlan.of(builder).members()) {
            member.field().set(builder, value(member.shape()));
        }
    }

    private Object value(Shape shape) {
        return switch (shape) {
            case Shape.Scalar scalar -> scalar(scalar);
            case Shape.Structure structure -> {
                var builder = structure.builder().get();
                fillMembers(builder);
                yield ((Buildable) builder).build();
            }
            case Shape.Sequence sequence -> {
                var list = new ArrayList<Object>();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    list.add(value(sequence.element()));
                }
                yield list;
            }
            case Shape.Dictionary dictionary -> {
                var map = new LinkedHashMap<String, Object>();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    map.put(text(), value(dictionary.value()));
                }
                yield map;
            }
        };
    }

    private Object scalar(Shape.Scalar scalar) {
        return switch (scalar) {
            case TEXT -> text();
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> random.nextInt() >> random.nextInt(32);
            case LONG -> random.nextLong() >> random.nextInt(64);
            case DOUBLE -> random.nextDouble();
            case TIMESTAMP -> Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L));
            case BLOB -> {
                var bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                yield SdkBytes.fromByteArray(bytes);
            }
        };
    }

    private String text() {
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            int codePoint = random.nextInt(random.nextBoolean() ? 0x80 : 0x110000);
            text.appendCodePoint(
                    codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
                            ? '"'
                            : codePoint);
        }
        return text.toString();
    }
}
