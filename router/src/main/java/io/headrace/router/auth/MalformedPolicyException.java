package io.headrace.router.auth;

/** A policy document is not one; the message says what is wrong where, for whoever wrote it. */
public final class MalformedPolicyException extends RuntimeException {
    MalformedPolicyException(String message) {
        super(message);
    }
}
