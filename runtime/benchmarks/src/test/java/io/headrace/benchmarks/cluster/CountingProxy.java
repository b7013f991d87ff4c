package io.headrace.benchmarks.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * Passes bytes on to an HTTP/1.1 server, and counts the requests by method: one begins with what a
 * client sends first or after an answer, since none of ours sends ahead. Any thread may ask.
 */
final class CountingProxy implements AutoCloseable {
    private static final int METHOD_BYTES_MAX = 8;

    private final URI target;
    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    CountingProxy(URI target) throws IOException {
        this.target = target;
        listening = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** Requests so far, by method. */
    Map<String, Long> counts() {
        var now = new TreeMap<String, Long>();
        counts.forEach((method, count) -> now.put(method, count.sum()));
        return now;
    }

    private void accept() {
        try {
            while (true) {
                var client = listening.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            if (!listening.isClosed()) {
                throw new UncheckedIOException("the proxy takes no more connections", e);
            }
        }
    }

    private void serve(Socket client) {
        open.add(client);
        try (client;
                var server = new Socket()) {
            server.connect(new InetSocketAddress(target.getHost(), target.getPort()));
            open.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            var turn = new Turn();
            var back = CompletableFuture.runAsync(() -> pass(server, client, turn, false), threads);
            pass(client, server, turn, true);
            back.join();
            open.remove(server);
        } catch (IOException e) {
            throw new UncheckedIOException("the server cannot be reached", e);
        } finally {
            open.remove(client);
        }
    }

    /** Whether the next bytes of the client begin a request. */
    private static final class Turn {
        private volatile boolean isClients = true;
    }

    private void pass(Socket from, Socket to, Turn turn, boolean isRequest) {
        var buffer = new byte[64 << 10];
        try {
            InputStream in = from.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!isRequest) {
                    turn.isClients = true;
                } else if (turn.isClients) {
                    turn.isClients = false;
                    counts.computeIfAbsent(method(buffer, read), any -> new LongAdder())
                            .increment();
                }
                to.getOutputStream().write(buffer, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // Either side finds its connection closed, as it would without the proxy.
            abandon(from);
            abandon(to);
        }
    }

    private static void abandon(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a socket does not close", e);
        }
    }

    static String method(byte[] bytes, int length) {
        int end = 0;
        while (end < Math.min(length, METHOD_BYTES_MAX) && bytes[end] != ' ') {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (var socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
