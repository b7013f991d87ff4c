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
 * <p>A refusal reads the same whether or not the resource exists, whatever its policy says and its
 * tags are. The one exception is a caller of the resource's own account who may ask for it by the
 * identity policies alone: to such a caller it would be said not to exist.
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
     * @throws RefusedException ACCESS_DENIED
     */
    public void check(Caller caller, String action, Resource resource, Conditions conditions) {
        var request = new AccessRequest(caller, action, resource, conditions, clock.instant());
        var reason = refusal(request);
        if (reason != null) {
            throw new RefusedException(
                    ErrorCode.ACCESS_DENIED,
                    "User: %s is not authorized to perform: %s on resource: %s %s"
                            .formatted(caller.principalArn(), action, resource.shownArn(), reason));
        }
    }

    /** AWS's words for why not; null if the caller may. */
    private static @Nullable String refusal(AccessRequest request) {
        var reason = reason(request);
        if (reason == null) {
            return null;
        }
        var ofAbsent = reason(request.asOfAbsent());
        return ofAbsent != null ? ofAbsent : reason;
    }

    private static @Nullable String reason(AccessRequest request) {
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
        var resourcePolicy = request.resource().policy();
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
        if (!identityAllows) {
            return "because no identity-based policy allows the " + request.action() + " action";
        }
        return byResource == Verdict.DENY
                ? "with an explicit deny in a resource-based policy"
                : "because no resource-based policy allows the " + request.action() + " action";
    }
}
