package io.headrace.objects;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A proxy before a server, on loopback. Requests go through to their end; what then becomes of the
 * answer says the next {@link Fate} in line, and without one it is given on. Any thread may call.
 */
final class AnswerThief implements AutoCloseable {
    private static final String ERROR_BODY =
            "<Error><Code>InternalError</Code><Message>try later</Message></Error>";
    private static final byte[] ERROR =
            ("HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/xml\r\n"
                            + ("Content-Length: " + ERROR_BODY.length() + "\r\n")
                            + "Connection: close\r\n\r\n"
                            + ERROR_BODY)
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket socket;
    private final URI behind;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Queue<Fate> fates = new ArrayDeque<>();
    private int answers;

    enum Fate {
        PASSED,
        /** The connection ends instead. */
        CUT,
        /** A 500 instead. */
        REPLACED,
        /** Nothing at all, until the client gives up. */
        KEPT
    }

    AnswerThief(URI behind) throws IOException {
        this.behind = behind;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    synchronized void next(Fate... those) {
        fates.addAll(List.of(those));
    }

    /** How many answers the server began, stolen ones included. */
    synchronized int answers() {
        return answers;
    }

    private synchronized Fate fate() {
        answers++;
        var fate = fates.poll();
        return fate == null ? Fate.PASSED : fate;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (var each : open) {
            each.close();
        }
        threads.close();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                var server = new Socket(behind.getHost(), behind.getPort())) {
            open.add(server);
            // A client begins a request only when it has the whole answer to the one before.
            var asked = new AtomicBoolean();
            var requests = threads.submit(() -> giveRequests(client, server, asked));
            giveAnswers(server, client, asked, requests);
            open.remove(server);
        } catch (IOException e) {
            // One side is gone, and with it goes the other.
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            open.remove(client);
        }
    }

    private void giveAnswers(
            Socket server, Socket client, AtomicBoolean asked, Future<Boolean> requests)
            throws IOException, ExecutionException, InterruptedException {
        var in = server.getInputStream();
        var out = client.getOutputStream();
        var buffer = new byte[64 << 10];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (asked.getAndSet(false)) {
                switch (fate()) {
                    case PASSED -> {}
                    case CUT -> {
                        return;
                    }
                    case REPLACED -> {
                        out.write(ERROR);
                        return;
                    }
                    case KEPT -> {
                        requests.get();
                        return;
                    }
                }
            }
            out.write(buffer, 0, read);
        }
    }

    private static boolean giveRequests(Socket client, Socket server, AtomicBoolean asked) {
        var buffer = new byte[64 << 10];
        try {
            var in = client.getInputStream();
            var out = server.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                asked.set(true);
                out.write(buffer, 0, read);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
