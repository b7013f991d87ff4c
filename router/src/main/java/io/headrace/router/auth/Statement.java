package io.headrace.router.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement of a policy.
 *
 * @param principals null in an identity policy, which is about its owner
 * @param actionsNegated whether {@code NotAction} was given
 * @param resourcesNegated whether {@code NotResource} was given
 */
record Statement(
        boolean allow,
        @Nullable Principals principals,
        boolean actionsNegated,
        List<Wildcard> actions,
        boolean resourcesNegated,
        List<ArnPattern> resources,
        List<Condition> conditions) {
    Statement {
        actions = List.copyOf(actions);
        resources = List.copyOf(resources);
        conditions = List.copyOf(conditions);
    }

    Principals.Match match(AccessRequest request) {
        var match =
                principals == null
                        ? Principals.Match.PRINCIPAL
                        : principals.match(request.caller());
        return match != Principals.Match.NONE && applies(request) ? match : Principals.Match.NONE;
    }

    void requireAbout(String service, String arn) {
        for (var action : actions) {
            var text = action.toString();
            if (!text.equals("*")
                    && !text.regionMatches(true, 0, service + ":", 0, service.length() + 1)) {
                throw new MalformedPolicyException("'" + text + "' is not an action of " + service);
            }
        }
        for (var resource : resources) {
            if (!resourcesNegated && !resource.mayMatch(arn)) {
                throw new MalformedPolicyException(
                        "Resource '" + resource + "' is not " + arn + ", whose policy this is");
            }
        }
    }

    private boolean applies(AccessRequest request) {
        boolean action = actions.stream().anyMatch(a -> a.matches(request.action(), request));
        boolean resource =
                resources.stream().anyMatch(r -> r.matches(request.resource().arn(), request));
        return action != actionsNegated
                && resource != resourcesNegated
                // A value that cannot be read must neither open a door nor keep one from closing.
                && conditions.stream().allMatch(c -> c.holds(request, !allow));
    }
}
