package io.headrace.cluster.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Where something listens.
 *
 * @param port 0 for one that the system picks
 */
public record HostPort(String host, int port) {
    public HostPort {
        if (host.isBlank() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("'" + host + ":" + port + "' is no host and port");
        }
    }

    /**
     * Reads {@code host}, {@code host:port} or {@code [v6]:port}.
     *
     * @throws IllegalArgumentException naming the text
     */
    public static HostPort parse(String text, int defaultPort) {
        var trimmed = text.strip();
        int end = trimmed.startsWith("[") ? trimmed.indexOf(']') + 1 : 0;
        int colon = trimmed.indexOf(':', end);
        boolean bareV6 = end == 0 && colon >= 0 && trimmed.indexOf(':', colon + 1) >= 0;
        if (colon < 0 || bareV6) {
            return new HostPort(unbracketed(trimmed), defaultPort);
        }
        try {
            return new HostPort(
                    unbracketed(trimmed.substring(0, colon)),
                    Integer.parseInt(trimmed.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no host and port", e);
        }
    }

    /** This, or if its port is 0, one that was free just now. */
    HostPort withPort() {
        if (port != 0) {
            return this;
        }
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(host, 0));
            return new HostPort(host, socket.getLocalPort());
        } catch (IOException e) {
            throw new ClusterStartException("nothing can listen on " + host + ": " + e, e);
        }
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
