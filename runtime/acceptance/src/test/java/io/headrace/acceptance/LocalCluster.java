package io.headrace.acceptance;

import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Several nodes on this machine that share a directory. For one thread. */
public final class LocalCluster implements AutoCloseable {
    private static final String KEYS =
            """
            {"format":1,"keys":{"alias/aws/kinesis":{"enabled":true,"versions":[
                {"id":"1","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}}}
            """;

    private final List<HeadraceNode> nodes = new ArrayList<>();

    private LocalCluster() {}

    /** Starts so many, one after the other, with their data below {@code work}. */
    public static LocalCluster start(Path work, int size) {
        var cluster = new LocalCluster();
        var ports = IntStream.range(0, 2 * size).map(i -> freePort()).toArray();
        var join =
                IntStream.range(0, size)
                        .mapToObj(i -> "127.0.0.1:" + ports[2 * i])
                        .collect(Collectors.joining(","));
        try {
            for (int i = 0; i < size; i++) {
                var node =
                        HeadraceNode.builder()
                                .data(withKeys(work.resolve("node-" + i)))
                                .startTimeout(Duration.ofMinutes(3))
                                .environment("HEADRACE_JAVA_OPTS", "-Xmx256m")
                                .options("--store", work.resolve("store").toUri().toString())
                                .options("--shared", "--node-name", "node-" + i, "--join", join)
                                .options("--cluster-port", Integer.toString(ports[2 * i]))
                                .options("--event-bus-port", Integer.toString(ports[2 * i + 1]))
                                .options("--cluster-heartbeat-timeout", "5s")
                                .build();
                cluster.nodes.add(node);
                node.start();
            }
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** All nodes need the same master keys. */
    public static Path withKeys(Path data) {
        var ownerOnly = PosixFilePermissions.fromString("rw-------");
        try {
            Files.createDirectories(data);
            var keys =
                    Files.createFile(
                            data.resolve("keys.json"),
                            PosixFilePermissions.asFileAttribute(ownerOnly));
            Files.writeString(keys, KEYS);
            return data;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public HeadraceNode node(int number) {
        return nodes.get(number);
    }

    public URI endpoint(int number) {
        return nodes.get(number).endpoint();
    }

    /** Sends each request of a client to another node than the one before. */
    public ExecutionInterceptor inTurns() {
        var turn = new AtomicInteger();
        return new ExecutionInterceptor() {
            @Override
            public SdkHttpRequest modifyHttpRequest(
                    Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
                int node = Math.floorMod(turn.getAndIncrement(), nodes.size());
                return context.httpRequest().toBuilder().port(endpoint(node).getPort()).build();
            }
        };
    }

    /** None that an outgoing connection could get before the node listens on it. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException e) {
                // Someone has it.
            }
        }
    }

    @Override
    public void close() {
        nodes.forEach(HeadraceNode::close);
    }
}
