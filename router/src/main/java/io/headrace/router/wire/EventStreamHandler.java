package io.headrace.router.wire;

/**
 * An operation whose answer is an event stream. Called on the connection's event loop and must not
 * block; goes on by itself through the sink. A refusal is thrown or given to {@link
 * EventSink#refuse}.
 */
@FunctionalInterface
public interface EventStreamHandler {
    void handle(byte[] body, RequestContext context, EventSink sink);
}
