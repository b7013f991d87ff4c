package io.headrace.acceptance.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A node's way to the object store, which passes requests on as they are, or lets them go wrong as
 * stores and networks do. Any thread may set what goes wrong; it counts from the next request on.
 */
final class FaultyStore implements AutoCloseable {
    /**
     * What goes wrong; the shares are of all requests.
     *
     * @param delayMsMax waited at most before a request is passed on
     * @param trickleMsMax spent at most on bringing an answer piece by piece
     * @param refused answered with 503 or 500, not passed on
     * @param lost passed on, while the connection breaks before the answer
     * @param reset broken amid the request or amid the answer
     */
    record Faults(int delayMsMax, int trickleMsMax, double refused, double lost, double reset) {
        static final Faults NONE = new Faults(0, 0, 0, 0, 0);
    }

    private static final int PIECES = 8;

    private final ServerSocket front;
    private final int backPort;
    private final SplittableRandom random;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong harmed = new AtomicLong();
    private volatile Faults faults = Faults.NONE;

    /**
     * @param address to listen on, at a free port
     * @param backPort of the store, on loopback
     */
    FaultyStore(String address, int backPort, SplittableRandom random) throws IOException {
        this.backPort = backPort;
        this.random = random;
        front = new ServerSocket(0, 100, InetAddress.getByName(address));
        Thread.ofPlatform().daemon().name("faulty-store").start(this::accept);
    }

    URI endpoint() {
        return URI.create(
                "http://%s:%d"
                        .formatted(front.getInetAddress().getHostAddress(), front.getLocalPort()));
    }

    int port() {
        return front.getLocalPort();
    }

    void set(Faults faults) {
        this.faults = faults;
    }

    /** Requests that something was done to. */
    long harmed() {
        return harmed.get();
    }

    private void accept() {
        while (!front.isClosed()) {
            try {
                var socket = front.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                if (!front.isClosed()) {
                    throw new AssertionError("the way to the store is gone", e);
                }
            }
        }
    }

    private void serve(Socket node) {
        try (node;
                var back = new Socket()) {
            node.setTcpNoDelay(true);
            back.setTcpNoDelay(true);
            back.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), backPort), 5_000);
            open.add(back);
            while (serveOne(node, back)) {}
            open.remove(back);
        } catch (IOException e) {
            // One side is gone, so the other is closed: the node takes it for what it is.
            open.remove(node);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(node);
        }
    }

    /** False when the connection is at its end. */
    private boolean serveOne(Socket node, Socket back) throws IOException, InterruptedException {
        var request = HttpMessage.request(node.getInputStream());
        if (request.isEmpty()) {
            return false;
        }
        var current = faults;
        double chance = roll();
        sleepUpTo(current.delayMsMax());
        if (chance < current.refused()) {
            harmed.incrementAndGet();
            node.getOutputStream().write(refusal());
            return true;
        }
        boolean isReset = chance > 1 - current.reset();
        boolean isLost = !isReset && chance < current.refused() + current.lost();
        if (isReset && roll() < 0.5) {
            harmed.incrementAndGet();
            var bytes = request.get().bytes();
            back.getOutputStream().write(bytes, 0, bytes.length / 2);
            reset(node);
            return false;
        }
        back.getOutputStream().write(request.get().bytes());
        var answer = HttpMessage.answer(back.getInputStream(), request.get());
        if (answer.isEmpty()) {
            return false;
        }
        if (isLost || isReset) {
            harmed.incrementAndGet();
            var bytes = answer.get().bytes();
            node.getOutputStream().write(bytes, 0, isLost ? 0 : bytes.length / 2);
            reset(node);
            return false;
        }
        pass(answer.get().bytes(), node.getOutputStream(), current.trickleMsMax());
        return !answer.get().isLast();
    }

    private void pass(byte[] answer, OutputStream to, int trickleMsMax)
            throws IOException, InterruptedException {
        if (trickleMsMax == 0) {
            to.write(answer);
            return;
        }
        harmed.incrementAndGet();
        int piece = answer.length / PIECES + 1;
        for (int at = 0; at < answer.length; at += piece) {
            to.write(answer, at, Math.min(piece, answer.length - at));
            to.flush();
            sleepUpTo(trickleMsMax / PIECES);
        }
    }

    private byte[] refusal() {
        var what = roll() < 0.5 ? "503 Slow Down" : "500 Internal Server Error";
        var code = what.startsWith("503") ? "SlowDown" : "InternalError";
        var body = "<Error><Code>" + code + "</Code><Message>injected</Message></Error>";
        var answer =
                "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(what, body.length(), body);
        return answer.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Not the end of a stream, but an error for who reads or writes. */
    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private void sleepUpTo(int ms) throws InterruptedException {
        if (ms > 0) {
            Thread.sleep((long) (roll() * ms));
        }
    }

    private double roll() {
        synchronized (random) {
            return random.nextDouble();
        }
    }

    @Override
    public void close() throws IOException {
        front.close();
        for (var socket : open) {
            socket.close();
        }
    }
}
