package io.headrace.router.auth;

import io.headrace.router.auth.Policy.Verdict;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a caller may do something, by IAM's rules: an explicit denial wins, then a
 * permission, else no. In the resource's own account the identity policies or the resource policy
 * must allow, from another account both. Any thread may call it.
 *
 * <p>To a caller whom the identity policies do not allow, the answer is the same whether or not the
 * resource exists and whatever its policy says.
 */
public final class Authorizer {
    /** What an account's root may always do, so that no policy can lock everybody out. */
    private static final Set<String> NEVER_LOCKED_OUT =
            Set.of(
                    "kinesis:getresourcepolicy",
                    "kinesis:putresourcepolicy",
                    "kinesis:deleteresourcepolicy");

    private final InstantSource clock;

    public Authorizer(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Returns if the caller may.
     *
     * @param action for example {@code kinesis:PutRecord}
     * @param resourceArn the resource, whether or not it exists
     * @param resourcePolicy the resource's own policy; null if it has none or does not exist
     * @throws RefusedException ACCESS_DENIED
     */
    public void check(
            Caller caller,
            String action,
            String resourceArn,
            @Nullable Policy resourcePolicy,
            Conditions conditions) {
        var request = new AccessRequest(caller, action, resourceArn, conditions, clock.instant());
        var reason = refusal(request, resourcePolicy);
        if (reason != null) {
            throw new RefusedException(
                    ErrorCode.ACCESS_DENIED,
                    "User: %s is not authorized to perform: %s on resource: %s %s"
                            .formatted(caller.principalArn(), action, resourceArn, reason));
        }
    }

    /** AWS's words for why not; null if the caller may. */
    static @Nullable String refusal(AccessRequest request, @Nullable Policy resourcePolicy) {
        boolean root = request.caller().isRoot();
        boolean crossAccount = request.crossAccount();
        var byIdentity =
                root ? Verdict.ALLOW : Policy.evaluate(request.caller().policies(), request);
        if (byIdentity == Verdict.DENY) {
            return "with an explicit deny in an identity-based policy";
        }
        if (root
                && !crossAccount
                && NEVER_LOCKED_OUT.contains(request.action().toLowerCase(Locale.ROOT))) {
            return null;
        }
        var byResource =
                resourcePolicy == null
                        ? Verdict.SILENT
                        : Policy.evaluate(List.of(resourcePolicy), request);
        boolean identityAllows = byIdentity == Verdict.ALLOW;
        boolean resourceAllows =
                byResource == Verdict.ALLOW
                        || (crossAccount && byResource == Verdict.ALLOW_ACCOUNT);
        boolean enough =
                crossAccount ? identityAllows && resourceAllows : identityAllows || resourceAllows;
        if (enough && byResource != Verdict.DENY) {
            return null;
        }
        // The identity's lack is told first: it is the same for a resource that does not exist.
        if (!identityAllows) {
            return "because no identity-based policy allows the " + request.action() + " action";
        }
        return byResource == Verdict.DENY
                ? "with an explicit deny in a resource-based policy"
                : "because no resource-based policy allows the " + request.action() + " action";
    }
}
