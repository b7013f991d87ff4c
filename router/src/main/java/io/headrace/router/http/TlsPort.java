package io.headrace.router.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * TLS at the head of the connections that come through the TLS port; behind it they are served as
 * plain ones are. Vert.x's own TLS takes a client that offers no protocol by ALPN for one of
 * HTTP/1.1, but the asynchronous AWS SDK for Java offers none and speaks HTTP/2 at once.
 *
 * <p>Vert.x binds the plain port first, so whoever comes before {@link #plainIs} was called comes
 * through that one. Acceptors' loops ask.
 */
final class TlsPort {
    /** The name of the handler in the pipelines of its connections. */
    static final String HANDLER = "tls";

    private static final int HANDSHAKE_SECONDS = 10;
    private static final int GOODBYE_MS = 1000;

    private final SslContext context;
    private volatile int plainPort;

    private TlsPort(SslContext context) {
        this.context = context;
    }

    /**
     * Reads certificate and key.
     *
     * @throws IllegalStateException if one of the files is unsound
     */
    static TlsPort of(HttpSettings.Tls tls) {
        var protocols =
                new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        "h2",
                        "http/1.1");
        try {
            return new TlsPort(
                    SslContextBuilder.forServer(tls.certificate().toFile(), tls.key().toFile())
                            .sslProvider(SslProvider.JDK)
                            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                            .applicationProtocolConfig(protocols)
                            .build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "certificate %s and key %s: %s"
                            .formatted(tls.certificate(), tls.key(), e.getMessage()),
                    e);
        }
    }

    /** The plain port is bound; every other one is ours. */
    void plainIs(int port) {
        plainPort = port;
    }

    /** Puts TLS in front of a connection, if it came through our port. */
    void secure(Channel accepted) {
        if (plainPort != 0
                && accepted.localAddress() instanceof InetSocketAddress address
                && address.getPort() != plainPort) {
            var handler = context.newHandler(accepted.alloc());
            handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
            // A client that does not read must not keep a connection that was closed.
            handler.setCloseNotifyFlushTimeoutMillis(GOODBYE_MS);
            accepted.pipeline().addFirst(HANDLER, handler);
        }
    }
}
