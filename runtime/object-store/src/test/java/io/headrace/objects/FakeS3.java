package io.headrace.objects;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * As much of an S3 server as a store asks of it, wrong in a way that can be chosen. It believes any
 * signature. On loopback; any thread may call.
 */
final class FakeS3 implements AutoCloseable {
    private static final String NONCE = "x-amz-meta-headrace-nonce";

    private static final String LISTING =
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                    + "<Name>bucket</Name><IsTruncated>false</IsTruncated>";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Fault fault;
    private final TreeMap<String, Kept> objects = new TreeMap<>();
    private final Queue<Refusal> refusals = new ArrayDeque<>();
    private final Map<String, CountDownLatch> waiting = new ConcurrentHashMap<>();
    private List<String> listedBefore = List.of();
    private int requests;

    enum Fault {
        NONE,
        IGNORES_CONDITIONS,
        /** Looks and writes in two steps, for every third name. */
        LETS_TWO_WIN_SOMETIMES,
        /** Tells one creator that it won, and keeps what the last one sent. */
        KEEPS_THE_LOSERS_BYTES,
        /** Lists what there was when it listed before. */
        LISTS_LATE,
        FORGETS_METADATA,
        /** Takes a deleted name for an existing one. */
        REMEMBERS_THE_DELETED,
        IGNORES_RANGES
    }

    private record Kept(String content, @Nullable String nonce, boolean deleted) {}

    /** Instead of the right answer, which is worked out before if {@code after}. */
    record Refusal(int status, String code, boolean after) {}

    FakeS3(Fault fault) throws IOException {
        this.fault = fault;
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    S3Settings settings() {
        var endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return S3Settings.of(endpoint, "s3://bucket/p", S3Settings.DEFAULT_REGION)
                .withTimeouts(TestStores.SHORT, TestStores.FEW);
    }

    synchronized void refuse(int status, String code) {
        refusals.add(new Refusal(status, code, false));
    }

    synchronized void refuseAfterwards(int status, String code) {
        refusals.add(new Refusal(status, code, true));
    }

    synchronized int requests() {
        return requests;
    }

    synchronized List<String> names() {
        return objects.entrySet().stream()
                .filter(object -> !object.getValue().deleted())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private synchronized Optional<Refusal> next() {
        requests++;
        return Optional.ofNullable(refusals.poll());
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body =
                    new String(
                            exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            var refusal = next();
            if (refusal.isPresent() && !refusal.get().after()) {
                refuse(exchange, refusal.get().status(), refusal.get().code());
                return;
            }
            var path = exchange.getRequestURI().getPath().substring("/bucket".length());
            var answer =
                    path.isEmpty() ? list(exchange) : object(exchange, path.substring(1), body);
            if (refusal.isPresent()) {
                refuse(exchange, refusal.get().status(), refusal.get().code());
            } else if (answer.status() >= 400) {
                refuse(exchange, answer.status(), answer.content());
            } else {
                send(exchange, answer.status(), answer.content());
            }
        }
    }

    private record Answer(int status, String content) {}

    private Answer object(HttpExchange exchange, String key, String body) {
        return switch (exchange.getRequestMethod()) {
            case "PUT" -> put(exchange, key, body);
            case "DELETE" -> {
                synchronized (this) {
                    var old = objects.remove(key);
                    if (old != null && fault == Fault.REMEMBERS_THE_DELETED) {
                        objects.put(key, new Kept("", null, true));
                    }
                }
                yield new Answer(204, "");
            }
            default -> get(exchange, key);
        };
    }

    private synchronized Answer get(HttpExchange exchange, String key) {
        var kept = objects.get(key);
        if (kept == null || kept.deleted()) {
            return new Answer(404, "NoSuchKey");
        }
        if (kept.nonce() != null && fault != Fault.FORGETS_METADATA) {
            exchange.getResponseHeaders().set(NONCE, kept.nonce());
        }
        var range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null || fault == Fault.IGNORES_RANGES) {
            return new Answer(200, kept.content());
        }
        var ends = range.substring("bytes=".length()).split("-", -1);
        int from = Integer.parseInt(ends[0]);
        int to = Math.min(kept.content().length(), Integer.parseInt(ends[1]) + 1);
        return from >= to
                ? new Answer(416, "InvalidRange")
                : new Answer(206, kept.content().substring(from, to));
    }

    private Answer put(HttpExchange exchange, String key, String body) {
        var nonce = exchange.getRequestHeaders().getFirst(NONCE);
        boolean seen;
        synchronized (this) {
            seen = objects.containsKey(key) && fault != Fault.IGNORES_CONDITIONS;
        }
        if (!seen && fault == Fault.LETS_TWO_WIN_SOMETIMES && key.hashCode() % 3 == 0) {
            awaitAnother(key);
        }
        synchronized (this) {
            if (fault != Fault.LETS_TWO_WIN_SOMETIMES) {
                seen = objects.containsKey(key) && fault != Fault.IGNORES_CONDITIONS;
            }
            var before = objects.get(key);
            if (!seen) {
                objects.put(key, new Kept(body, nonce, false));
            } else if (before != null && fault == Fault.KEEPS_THE_LOSERS_BYTES) {
                objects.put(key, new Kept(body, before.nonce(), false));
            }
        }
        return seen ? new Answer(412, "PreconditionFailed") : new Answer(200, "");
    }

    /** Until someone else is as far with the same name, if someone comes. */
    private void awaitAnother(String key) {
        var both = waiting.computeIfAbsent(key, name -> new CountDownLatch(2));
        both.countDown();
        try {
            if (!both.await(300, TimeUnit.MILLISECONDS)) {
                waiting.remove(key);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Answer list(HttpExchange exchange) {
        var prefix = "";
        for (var parameter : exchange.getRequestURI().getRawQuery().split("&", -1)) {
            if (parameter.startsWith("prefix=")) {
                prefix = URLDecoder.decode(parameter.substring(7), StandardCharsets.UTF_8);
            }
        }
        var now = new ArrayList<>(names());
        var shown = fault == Fault.LISTS_LATE ? listedBefore : now;
        listedBefore = now;
        var xml = new StringBuilder(LISTING);
        for (var name : shown) {
            if (name.startsWith(prefix)) {
                xml.append("<Contents><Key>").append(name).append("</Key><LastModified>");
                xml.append("2026-01-01T00:00:00.000Z</LastModified></Contents>");
            }
        }
        return new Answer(200, xml.append("</ListBucketResult>").toString());
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", "0");
        send(
                exchange,
                status,
                "<Error><Code>" + code + "</Code><Message>as the test says</Message></Error>");
    }

    private static void send(HttpExchange exchange, int status, String content) throws IOException {
        var bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
        }
        exchange.sendResponseHeaders(status, head || bytes.length == 0 ? -1 : bytes.length);
        if (!head && bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }
}
