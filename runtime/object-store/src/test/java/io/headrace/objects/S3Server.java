package io.headrace.objects;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real S3 server (s3proxy over a directory) as a process of its own, on loopback. Stopped by its
 * process handle; what it holds stays in the directory, for the next start.
 */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "headrace-test";
    public static final S3Credentials CREDENTIALS =
            new S3Credentials("headrace", "a-secret-for-tests", Optional.empty());

    private static final int START_SECONDS_MAX = 60;

    private final Path folder;
    private final int port;
    private final Process process;

    private S3Server(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Starts one that keeps its objects and its log in {@code folder}, and waits for it. */
    public static S3Server start(Path folder) throws IOException, InterruptedException {
        return start(folder, freePort());
    }

    /** As before it was stopped: the same port, the same objects. */
    public S3Server startAgain() throws IOException, InterruptedException {
        return start(folder, port);
    }

    private static S3Server start(Path folder, int port) throws IOException, InterruptedException {
        var objects = Files.createDirectories(folder.resolve("objects"));
        Files.createDirectories(objects.resolve(BUCKET));
        var configuration = folder.resolve("s3proxy.conf");
        Files.write(
                configuration,
                List.of(
                        "s3proxy.endpoint=http://127.0.0.1:" + port,
                        "s3proxy.authorization=aws-v4",
                        "s3proxy.identity=" + CREDENTIALS.accessKey(),
                        "s3proxy.credential=" + CREDENTIALS.secretKey(),
                        "s3proxy.v4-max-non-chunked-request-size=" + S3Store.OBJECT_BYTES_MAX,
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.identity=none",
                        "jclouds.credential=none",
                        "jclouds.filesystem.basedir=" + objects));
        var logging = folder.resolve("logback.xml");
        Files.writeString(
                logging,
                """
                <configuration>
                  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d %-5level %logger{0} %msg%n</pattern></encoder>
                  </appender>
                  <root level="WARN"><appender-ref ref="out"/></root>
                </configuration>
                """);
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Dlogback.configurationFile=" + logging,
                                "-cp",
                                classPath(),
                                "org.gaul.s3proxy.Main",
                                "--properties",
                                configuration.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(folder).toFile()))
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        var server = new S3Server(folder, port, process);
        server.awaitStart();
        return server;
    }

    /** What a process finds the credentials by. */
    public static Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", CREDENTIALS.accessKey(),
                "AWS_SECRET_ACCESS_KEY", CREDENTIALS.secretKey());
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The server's process, for what it uses. */
    public long pid() {
        return process.pid();
    }

    /** Ends it at once, as a crash does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private void awaitStart() throws IOException, InterruptedException {
        for (int i = 0; i < START_SECONDS_MAX * 20; i++) {
            if (accepts()) {
                return;
            }
            // Waits on the process, so that its end is seen at once.
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        close();
        throw new IOException("the S3 server did not start:\n" + Files.readString(log(folder)));
    }

    private boolean accepts() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path log(Path folder) {
        return folder.resolve("s3proxy.log");
    }

    private static String classPath() throws IOException {
        var root =
                Objects.requireNonNull(
                        System.getProperty("headrace.root"), "system property headrace.root");
        return Files.readString(Path.of(root, "runtime/s3-server/target/s3proxy.classpath"))
                .strip();
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
