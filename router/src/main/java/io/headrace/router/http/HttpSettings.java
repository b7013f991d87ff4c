package io.headrace.router.http;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and how the front door listens.
 *
 * @param host address to bind, for both ports
 * @param port plain HTTP/1.1 and h2c; 0 takes a free one
 * @param tls the TLS port, if there is one
 * @param eventLoops each runs its own server instance; connections stay on theirs
 * @param cors whether browsers of any origin are answered as AWS answers them
 */
public record HttpSettings(
        String host, int port, Optional<Tls> tls, int eventLoops, boolean cors, HttpLimits limits) {

    public HttpSettings {
        checkPort(port);
        if (eventLoops < 1) {
            throw new IllegalArgumentException("eventLoops must be at least 1");
        }
    }

    /**
     * HTTP/1.1 and h2 by ALPN.
     *
     * @param port 0 takes a free one
     * @param certificate chain in PEM
     * @param key PKCS#8 in PEM
     */
    public record Tls(int port, Path certificate, Path key) {
        public Tls {
            checkPort(port);
        }
    }

    private static void checkPort(int port) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be in 0..65535, not " + port);
        }
    }
}
