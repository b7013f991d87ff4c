package io.headrace.cluster.member;

/** Where something listens. */
public record HostPort(String host, int port) {
    public HostPort {
        if (host.isBlank() || port < 1 || port > 65_535) {
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
