package io.headrace.cluster.member;

import com.hazelcast.cluster.Member;

/** How a member is called in messages to people. */
final class MemberNames {
    private MemberNames() {}

    static String of(Member member) {
        var name = member.getAttribute(MemberConfig.NODE_NAME);
        var release = member.getAttribute(MemberConfig.RELEASE);
        return "%s at %s (%s)"
                .formatted(
                        name == null ? "a member" : "node " + name,
                        member.getAddress(),
                        release == null ? "not of Headrace" : "release " + release);
    }
}
