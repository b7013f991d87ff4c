package io.headrace.router.http;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A request of a plain route.
 *
 * @param query the raw query, null if there is none
 */
public record RouteRequest(String method, String path, @Nullable String query, Buffer body) {}
