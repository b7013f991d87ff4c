package io.headrace.router.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the requests of one event loop share. Belongs to that loop, except for what is shared by all
 * loops and says so.
 */
final class FrontLoop implements Handler<HttpServerRequest> {
    final HttpServices services;
    final HttpLimits limits;
    final Heads heads;
    final Shared shared;

    /** What all event loops share; every part is for any thread. */
    record Shared(
            ByteBudget inFlight,
            ByteBudget answers,
            LargeArrays arrays,
            BlockingCalls blocking,
            ThreadFactory decoders,
            AtomicBoolean draining) {}

    FrontLoop(HttpSettings settings, HttpServices services, Shared shared, Heads heads) {
        this.services = services;
        this.limits = settings.limits();
        this.shared = shared;
        this.heads = heads;
    }

    @Override
    public void handle(HttpServerRequest request) {
        new Exchange(this, request).begin();
    }
}
