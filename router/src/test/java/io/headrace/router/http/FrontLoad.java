package io.headrace.router.http;

import io.headrace.router.auth.AnonymousAuthenticator;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.ServiceConstraints;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a request costs the front door: {@code serve [PORT]} runs one whose PutRecords reads and
 * forgets, {@code load PORT CONNECTIONS BODY_BYTES SECONDS} loads it from another process and
 * prints the server's CPU per request. Run by hand, with the test class path.
 */
final class FrontLoad {
    private FrontLoad() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "serve" -> serve(args.length > 1 ? Integer.parseInt(args[1]) : 0);
            case "load" ->
                    load(
                            Integer.parseInt(args[1]),
                            Integer.parseInt(args[2]),
                            Integer.parseInt(args[3]),
                            Integer.parseInt(args[4]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void serve(int port) throws InterruptedException {
        var answer = Buffer.buffer("{}");
        var operations =
                OperationTable.builder()
                        .service("Kinesis_20131202", ServiceConstraints.kinesis())
                        .bytes(
                                "PutRecords",
                                (body, context) -> CompletableFuture.completedFuture(answer))
                        .bytes(
                                "PutRecord",
                                (body, context) ->
                                        CompletableFuture.completedFuture(
                                                Buffer.buffer(body.bytes())))
                        .and()
                        .build();
        var cpu =
                Route.get(
                        "/cpu",
                        request ->
                                RouteAnswer.text(
                                        200,
                                        ""
                                                + ProcessHandle.current()
                                                        .info()
                                                        .totalCpuDuration()
                                                        .orElseThrow()
                                                        .toMillis()));
        var front =
                HttpFront.start(
                        new HttpSettings(
                                "127.0.0.1",
                                port,
                                Optional.empty(),
                                Integer.getInteger("loops", 1),
                                true,
                                HttpLimits.forHeap(Runtime.getRuntime().maxMemory())),
                        new HttpServices(
                                operations,
                                new AnonymousAuthenticator("000000000000"),
                                new RouteTable(List.of(cpu)),
                                request -> {},
                                RequestTraces.NONE,
                                InstantSource.system(),
                                System::nanoTime,
                                new SplittableRandom(1)));
        System.out.println(front.port());
        new CountDownLatch(1).await();
    }

    private static void load(int port, int connections, int bodyBytes, int seconds)
            throws Exception {
        run(port, connections, bodyBytes, seconds);
        long cpuBefore = serverCpuMs(port);
        long begun = System.nanoTime();
        long requests = run(port, connections, bodyBytes, seconds);
        double elapsed = (System.nanoTime() - begun) / 1e9;
        long cpuMs = serverCpuMs(port) - cpuBefore;
        System.out.printf(
                "%d requests of %d bytes in %.1f s: %.0f/s, server CPU %.0f us a request%n",
                requests, bodyBytes, elapsed, requests / elapsed, cpuMs * 1000.0 / requests);
    }

    private static long run(int port, int connections, int bodyBytes, int seconds)
            throws Exception {
        var requests = new AtomicLong();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        try (var clients = Executors.newFixedThreadPool(connections)) {
            for (int i = 0; i < connections; i++) {
                var _ =
                        clients.submit(() -> {
                            try (var client = new RawHttp(port)) {
                                var body = new byte[bodyBytes];
                                var head =
                                        RawHttp.post("PutRecords", TestFront.JSON)
                                                + "Content-Length: "
                                                + bodyBytes
                                                + "\r\n\r\n";
                                while (System.nanoTime() < end) {
                                    client.send(head).send(body).answer();
                                    requests.incrementAndGet();
                                }
                            }
                            return requests;
                        });
            }
        }
        return requests.get();
    }

    private static long serverCpuMs(int port) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/cpu")).build();
            return Long.parseLong(client.send(request, BodyHandlers.ofString()).body());
        }
    }
}
