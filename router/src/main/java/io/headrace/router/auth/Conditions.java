package io.headrace.router.auth;

import java.util.List;

/**
 * What policies may ask of a request besides who asks for what. The principal's own keys, the
 * resource's and the time are known to the {@link Authorizer}, which looks there first.
 */
@FunctionalInterface
public interface Conditions {
    /** The values of a key in lower case; empty if it is absent. */
    List<String> values(String lowerCaseKey);
}
