package io.headrace.router.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.transport.Transport;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's NIO transport with our guard at the head of every accepted connection. Vert.x hands out
 * a connection only when a request's head is complete, which is too late to time one that never
 * completes; it has no other hook that early.
 */
final class GuardedTransport implements Transport {
    private final Nio nio;

    GuardedTransport(Connections connections, Optional<TlsPort> tls) {
        nio = new Nio(connections, tls);
    }

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return null;
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return nio;
    }

    private static final class Nio extends NioTransport {
        private final Connections connections;
        private final Optional<TlsPort> tls;

        Nio(Connections connections, Optional<TlsPort> tls) {
            this.connections = connections;
            this.tls = tls;
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            var factory = super.serverChannelFactory(domainSocket);
            return () -> {
                ServerChannel channel = factory.newChannel();
                channel.pipeline().addLast(new Acceptor(connections, tls));
                return channel;
            };
        }
    }

    /** Sees accepted channels before they belong to an event loop; on the acceptor's loop. */
    private static final class Acceptor extends ChannelInboundHandlerAdapter {
        private final Connections connections;
        private final Optional<TlsPort> tls;

        Acceptor(Connections connections, Optional<TlsPort> tls) {
            this.connections = connections;
            this.tls = tls;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Channel accepted) {
                if (!connections.admit(accepted)) {
                    accepted.unsafe().closeForcibly();
                    return;
                }
                tls.ifPresent(port -> port.secure(accepted));
            }
            context.fireChannelRead(message);
        }
    }
}
