package io.headrace.router.auth;

import org.jspecify.annotations.Nullable;

/**
 * How a request came to the node. The address is that of the connection's other end, a proxy's if
 * one is in between: what a header says of others anybody could have written.
 *
 * @param sourceIp an IPv4 or IPv6 address without a zone; null if the client has gone
 * @param secure whether the connection is encrypted
 */
public record Origin(
        @Nullable String sourceIp,
        boolean secure,
        @Nullable String userAgent,
        @Nullable String referer) {}
