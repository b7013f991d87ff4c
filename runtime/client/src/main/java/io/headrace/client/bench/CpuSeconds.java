package io.headrace.client.bench;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How much processor time this process and, if its id is known, the server's have used so far. */
record CpuSeconds(double client, @Nullable Double server) {
    static CpuSeconds now(@Nullable Long serverPid) {
        return new CpuSeconds(
                of(ProcessHandle.current()).orElse(0.0),
                serverPid == null
                        ? null
                        : ProcessHandle.of(serverPid).flatMap(CpuSeconds::of).orElse(null));
    }

    private static Optional<Double> of(ProcessHandle process) {
        return process.info().totalCpuDuration().map(CpuSeconds::seconds);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    CpuSeconds since(CpuSeconds start) {
        var now = server;
        var then = start.server;
        return new CpuSeconds(
                client - start.client, now == null || then == null ? null : now - then);
    }
}
