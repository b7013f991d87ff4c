package io.headrace.router.auth;

import io.headrace.router.wire.WireException;

/**
 * Says who asks. Any thread may call it; it never blocks, but hashes the whole body, so that a
 * large body is better brought to it off the event loop.
 */
@FunctionalInterface
public interface Authenticator {
    /**
     * Finds out who sent a request.
     *
     * @throws WireException the request does not prove who sent it
     */
    Caller authenticate(SignedRequest request);
}
