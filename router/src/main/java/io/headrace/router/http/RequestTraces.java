package io.headrace.router.http;

import org.jspecify.annotations.Nullable;

/** Where traces begin; called on event loops, must not block. */
@FunctionalInterface
public interface RequestTraces {
    /** Traces nothing. */
    RequestTraces NONE = (operation, traceparent, amznTraceId) -> (status, errorType) -> {};

    /**
     * A request's head was read.
     *
     * @param traceparent W3C trace context, as sent
     * @param amznTraceId {@code x-amzn-trace-id}, as sent
     */
    Trace begin(String operation, @Nullable String traceparent, @Nullable String amznTraceId);

    /** One request's trace. */
    @FunctionalInterface
    interface Trace {
        void end(int status, @Nullable String errorType);
    }
}
