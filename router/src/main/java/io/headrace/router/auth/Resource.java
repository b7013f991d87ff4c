package io.headrace.router.auth;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request is about, as the policies see it.
 *
 * @param arn the resource's ARN
 * @param absentArn what its ARN would be taken for if it did not exist
 * @param shownArn how a refusal names it: by nothing that only those may know who may see it
 * @param policy its own policy; null if it has none or does not exist
 * @param tags its tags; none if it does not exist. Not copied, because every request that moves
 *     records comes by here: they must be immutable
 */
public record Resource(
        String arn,
        String absentArn,
        String shownArn,
        @Nullable Policy policy,
        Map<String, String> tags) {
    /** A resource that was asked for by this ARN. */
    public Resource(String arn, @Nullable Policy policy, Map<String, String> tags) {
        this(arn, arn, arn, policy, tags);
    }

    /** A resource that has neither policy nor tags. */
    public static Resource bare(String arn) {
        return new Resource(arn, null, Map.of());
    }

    Resource asAbsent() {
        return new Resource(absentArn, absentArn, shownArn, null, Map.of());
    }
}
