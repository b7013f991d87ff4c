package io.headrace.router.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/**
 * What a model class (or its builder) looks like on the wire, worked out once per class. Immutable;
 * any thread.
 */
final class PojoPlan {
    private static final Map<Class<?>, PojoPlan> PLANS = new ConcurrentHashMap<>();

    private final List<Member> members;
    private final Map<String, Member> byName;

    private PojoPlan(SdkPojo pojo) {
        members = pojo.sdkFields().stream().map(Member::of).toList();
        byName = HashMap.newHashMap(members.size());
        members.forEach(member -> byName.put(member.name(), member));
    }

    static PojoPlan of(SdkPojo pojo) {
        var type = pojo.getClass();
        var known = PLANS.get(type);
        // Not computeIfAbsent on the fast path: it may lock even where the plan is there.
        return known != null ? known : PLANS.computeIfAbsent(type, ignored -> new PojoPlan(pojo));
    }

    List<Member> members() {
        return members;
    }

    @Nullable Member member(String name) {
        return byName.get(name);
    }

    /** A member by its name on the wire. */
    record Member(String name, SdkField<?> field, Shape shape) {
        static Member of(SdkField<?> field) {
            return new Member(field.locationName(), field, Shape.of(field));
        }

        @Nullable Object get(SdkPojo pojo) {
            return field.getValueOrDefault(pojo);
        }
    }
}
