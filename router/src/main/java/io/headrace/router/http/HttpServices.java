package io.headrace.router.http;

import io.headrace.router.auth.Authenticator;
import io.headrace.router.wire.OperationTable;
import io.headrace.store.Ticker;
import java.time.InstantSource;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * What the front door needs of the rest of the node.
 *
 * @param random split once per event loop; names requests
 */
public record HttpServices(
        OperationTable operations,
        Authenticator authenticator,
        RouteTable routes,
        RequestLog log,
        RequestTraces traces,
        InstantSource clock,
        Ticker ticker,
        SplittableGenerator random) {}
