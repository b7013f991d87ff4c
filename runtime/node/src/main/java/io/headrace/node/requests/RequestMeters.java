package io.headrace.node.requests;

import io.headrace.router.http.RequestLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts and times requests by operation, status and error type. Names come from the operation
 * table, never from the caller, so the meters are few. Any thread.
 */
public final class RequestMeters implements RequestLog {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private record Outcome(String operation, int status, String error) {}

    private record Traffic(Counter bytesIn, Counter bytesOut) {}

    private final MeterRegistry registry;
    private final ConcurrentHashMap<Outcome, Timer> timers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Traffic> traffic = new ConcurrentHashMap<>();

    public RequestMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void finished(Finished request) {
        var error = request.errorType() == null ? "" : request.errorType();
        timers.computeIfAbsent(
                        new Outcome(request.operation(), request.status(), error), this::timer)
                .record(request.durationNanos(), TimeUnit.NANOSECONDS);
        var bytes = traffic.computeIfAbsent(request.operation(), this::traffic);
        bytes.bytesIn().increment((double) request.bytesIn());
        bytes.bytesOut().increment((double) request.bytesOut());
    }

    private Timer timer(Outcome outcome) {
        return Timer.builder("headrace.requests")
                .description("Requests, from the end of the head to the last byte handed over")
                .tag("operation", outcome.operation())
                .tag("status", Integer.toString(outcome.status()))
                .tag("error", outcome.error())
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private Traffic traffic(String operation) {
        return new Traffic(
                Counter.builder("headrace.request.bytes")
                        .description("Bytes of request bodies")
                        .tag("operation", operation)
                        .register(registry),
                Counter.builder("headrace.answer.bytes")
                        .description("Bytes of answers' bodies")
                        .tag("operation", operation)
                        .register(registry));
    }
}
