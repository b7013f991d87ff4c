package io.headrace.node;

import io.headrace.router.http.HttpFront;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What the front door holds, as meters. */
final class FrontMeters {
    private FrontMeters() {}

    static void bind(HttpFront front, MeterRegistry registry) {
        Gauge.builder("headrace.connections", front, door -> door.load().connections())
                .description("Open client connections")
                .register(registry);
        FunctionCounter.builder(
                        "headrace.connections.refused",
                        front,
                        door -> door.load().connectionsRefused())
                .description("Connections closed because there were too many")
                .register(registry);
        Gauge.builder("headrace.inflight.bytes", front, door -> door.load().inFlightBytes())
                .description("Bytes of bodies and large answers held")
                .register(registry);
        Gauge.builder("headrace.requests.waiting", front, door -> door.load().requestsWaiting())
                .description("Requests that wait for room before their bodies are read")
                .register(registry);
        Gauge.builder("headrace.calls.blocking", front, door -> door.load().blockingCalls())
                .description("Operations on virtual threads, running or waiting")
                .register(registry);
    }
}
