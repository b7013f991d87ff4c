package io.headrace.acceptance.crash;

import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * Rounds of load and crash on the same data. Each starts the node, checks all it holds against all
 * that was ever promised, and kills it under load at a random moment.
 *
 * <p>As a program: {@code CrashRounds ROUNDS [SEED]}.
 */
final class CrashRounds implements AutoCloseable {
    static final String STREAM = "crash";

    private static final int PRODUCERS = 6;
    private static final int SHARDS = 3;

    /** How a round's node is ended, after so long under load. */
    interface Blow {
        void strike(HeadraceNode node) throws Exception;
    }

    private final Path data;
    private final HeadraceNode node;
    private final SplittableRandom random;
    private final History history = new History();
    private final List<AtomicLong> numbers =
            IntStream.range(0, PRODUCERS).mapToObj(_ -> new AtomicLong()).toList();

    CrashRounds(Path data, long seed) {
        this.data = data;
        // So little that every round meets segments, merges, manifests and trimmed journals too.
        node =
                HeadraceNode.builder()
                        .data(data)
                        .environment(
                                "HEADRACE_JAVA_OPTS", "-Dheadrace.test.segment-bytes=" + (32 << 10))
                        .build();
        random = new SplittableRandom(seed);
    }

    /** Segments that stand now; the shard's name is in the path of each. */
    long segments() throws IOException {
        var count = new AtomicLong();
        Files.walkFileTree(
                data.resolve("objects"),
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (file.toString().contains("/segments/")) {
                            count.incrementAndGet();
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            // The node goes on, and has removed it since it was listed.
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }
                });
        return count.get();
    }

    History history() {
        return history;
    }

    /** One round; returns what is wrong with what the node holds at its start. */
    List<String> round(int loadMsMax, Blow blow) throws Exception {
        node.start();
        history.expectNoRefusals();
        try (var client = client(node.endpoint())) {
            createStreamIfAbsent(client);
            var problems = history.check(new StreamReader(client, STREAM).readAll());
            if (!problems.isEmpty()) {
                return problems;
            }
            var threads = new ArrayList<Thread>();
            var producers = new ArrayList<CrashProducer>();
            for (int i = 0; i < PRODUCERS; i++) {
                var name = "p" + i;
                var producer =
                        new CrashProducer(
                                name, client, STREAM, numbers.get(i), random.split(), history);
                producers.add(producer);
                threads.add(Thread.ofPlatform().name(name).start(producer));
            }
            var reader = new StreamReader(client, STREAM);
            var follower =
                    Thread.ofPlatform()
                            .name("reader")
                            .start(() -> reader.followUntilCrash(history));
            Thread.sleep(50L + random.nextInt(loadMsMax));
            // From here on nobody knows what an answer is, only what it must not be: wrong.
            history.expectRefusals();
            blow.strike(node);
            producers.forEach(CrashProducer::stop);
            for (var thread : threads) {
                thread.join();
            }
            follower.interrupt();
            follower.join();
        }
        return List.of();
    }

    /** Starts the node once more and checks; it stays up. */
    List<String> checkFinally() throws InterruptedException {
        node.start();
        try (var client = client(node.endpoint())) {
            createStreamIfAbsent(client);
            return history.check(new StreamReader(client, STREAM).readAll());
        }
    }

    private static void createStreamIfAbsent(KinesisClient client) throws InterruptedException {
        if (!client.listStreams(r -> r.limit(100)).streamNames().contains(STREAM)) {
            client.createStream(r -> r.streamName(STREAM).shardCount(SHARDS));
        }
        while (client.describeStreamSummary(r -> r.streamName(STREAM))
                        .streamDescriptionSummary()
                        .streamStatus()
                != StreamStatus.ACTIVE) {
            Thread.sleep(20);
        }
    }

    /** Without retries: a retried record could be stored under two numbers, both rightly so. */
    static KinesisClient client(URI endpoint) {
        return client(endpoint, Duration.ofSeconds(30));
    }

    static KinesisClient client(URI endpoint, Duration callMax) {
        return KinesisClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("test", "test")))
                .overrideConfiguration(c ->
                        c.retryStrategy(RetryMode.STANDARD)
                                .retryStrategy(r -> r.maxAttempts(1))
                                .apiCallTimeout(callMax))
                .build();
    }

    @Override
    public void close() {
        node.close();
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        System.out.println("seed " + seed);
        var data = Files.createTempDirectory("headrace-crash-");
        try (var crashes = new CrashRounds(data, seed)) {
            for (int round = 1; round <= rounds; round++) {
                tell(round, crashes, crashes.round(1_500, HeadraceNode::kill));
            }
            tell(rounds + 1, crashes, crashes.checkFinally());
        }
    }

    private static void tell(int round, CrashRounds crashes, List<String> problems) {
        System.out.printf(
                "round %d: %,d acknowledged, %,d read before, %d problems%n",
                round, crashes.history.acknowledged(), crashes.history.read(), problems.size());
        if (!problems.isEmpty()) {
            problems.stream().limit(50).forEach(System.out::println);
            throw new AssertionError(problems.size() + " problems");
        }
    }
}
