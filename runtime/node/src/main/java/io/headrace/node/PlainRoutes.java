package io.headrace.node;

import io.headrace.node.admin.ClusterCalls;
import io.headrace.node.metrics.Metrics;
import io.headrace.router.http.Route;
import io.headrace.router.http.RouteAnswer;
import io.headrace.router.http.RouteTable;
import io.headrace.store.RefusedException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The routes that are no AWS operations. */
final class PlainRoutes {
    private PlainRoutes() {}

    static RouteTable of(Health health, Metrics metrics, Optional<ClusterCalls> cluster) {
        var routes =
                new ArrayList<>(
                        List.of(
                                Route.get("/health/live", request -> live(health)),
                                Route.blocking("GET", "/health/ready", request -> ready(health)),
                                Route.blocking("GET", "/metrics", request -> scrape(metrics))));
        cluster.ifPresent(
                calls -> routes.add(Route.blocking("GET", "/cluster", request -> status(calls))));
        return new RouteTable(routes);
    }

    private static RouteAnswer status(ClusterCalls cluster) {
        try {
            return new RouteAnswer(200, "application/json", Buffer.buffer(cluster.status()));
        } catch (IOException | RefusedException e) {
            return RouteAnswer.text(503, e.getMessage() + "\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return RouteAnswer.text(503, "the node stops\n");
        }
    }

    private static RouteAnswer live(Health health) {
        return health.isLive()
                ? RouteAnswer.text(200, "live\n")
                : RouteAnswer.text(503, "a restart is needed\n");
    }

    private static RouteAnswer ready(Health health) {
        var troubles = health.troubles();
        if (troubles.isEmpty()) {
            return RouteAnswer.text(200, "ready\n");
        }
        return RouteAnswer.text(
                503,
                troubles.entrySet().stream()
                        .map(trouble -> trouble.getKey() + ": " + trouble.getValue() + "\n")
                        .sorted()
                        .collect(Collectors.joining()));
    }

    private static RouteAnswer scrape(Metrics metrics) {
        return new RouteAnswer(200, Metrics.CONTENT_TYPE, Buffer.buffer(metrics.scrape()));
    }
}
