package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.StreamState;
import org.jspecify.annotations.Nullable;

/** Finds the stream a request names, and lets the caller through or not. Never blocks. */
interface StreamGate {
    /**
     * Admits a request that names its stream by name, ARN or both.
     *
     * @param action for example {@code PutRecord}
     * @throws io.headrace.store.RefusedException if the names make no sense, there is no such
     *     stream, or the caller may not
     */
    StreamState admit(
            String action, @Nullable String name, @Nullable String arn, RequestContext context);

    /** Admits a request on a stream known already, from an iterator. */
    void authorize(String action, StreamState stream, RequestContext context);
}
