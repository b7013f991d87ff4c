package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.NodeHeap;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.KinesisRequest;

/**
 * Whatever comes, a node answers or closes, never with 500, keeps nothing of it, and goes on
 * serving. {@code -Dheadrace.fuzz.seed} and {@code -Dheadrace.fuzz.steps} make another round.
 */
@Timeout(600)
class FuzzTest {
    private static final long SEED = Long.getLong("headrace.fuzz.seed", 20_131_202);
    private static final int STEPS = Integer.getInteger("headrace.fuzz.steps", 1200);
    private static final int THREADS = 3;
    private static final int SLOW_HEADS = 20;
    private static final long GROWTH_BYTES_MAX = 24L << 20;

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void everyOperationIsFuzzed() throws IOException {
        var operations =
                Stream.of(KinesisClient.class.getMethods())
                        .flatMap(method -> Arrays.stream(method.getParameterTypes()))
                        .filter(KinesisRequest.class::isAssignableFrom)
                        .map(type -> type.getSimpleName().replaceFirst("Request$", ""))
                        .collect(Collectors.toSet());
        // Only the asynchronous client has it.
        operations.add("SubscribeToShard");
        assertThat(FuzzedStream.templates())
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactlyInAnyOrderElementsOf(operations);
    }

    @Test
    void nothingSentByAnyoneMakesANodeFail() throws Exception {
        try (var node =
                HeadraceNode.builder()
                        .environment("HEADRACE_ACCESS_KEY_ID", FuzzedStream.KEY_ID)
                        .environment("HEADRACE_SECRET_ACCESS_KEY", FuzzedStream.SECRET)
                        .start()) {
            var slow = slowHeads(node.endpoint());
            round(node.endpoint(), SEED);
            long before = NodeHeap.liveBytes(node.pid());
            round(node.endpoint(), SEED + THREADS);
            var owner = new FuzzedStream(node.endpoint());
            owner.removeAll();
            long after = NodeHeap.liveBytes(node.pid());
            System.out.printf(
                    "live heap: %,d bytes after one round, %,d after two%n", before, after);
            assertThat(after).isLessThan(before + GROWTH_BYTES_MAX);
            for (var head : slow) {
                head.awaitEnd();
                head.close();
            }
            assertThat(owner.putAndRead("x")).isEqualTo(Wire.base64("x"));
            assertThat(node.log())
                    .filteredOn(line -> line.contains("\"level\":\"ERROR\""))
                    .isEmpty();
        }
    }

    /** A head that never ends; the node gives it ten seconds. */
    private static List<RawConnection> slowHeads(URI endpoint) throws IOException {
        var slow = new ArrayList<RawConnection>();
        for (int i = 0; i < SLOW_HEADS; i++) {
            var connection = new RawConnection(endpoint);
            connection.send("POST / HTTP/1.1\r\nHost: a\r\nX".getBytes(StandardCharsets.US_ASCII));
            slow.add(connection);
        }
        return slow;
    }

    private static void round(URI endpoint, long seed) throws Exception {
        System.out.printf("fuzz: seeds %d to %d%n", seed, seed + THREADS - 1);
        var answers = new TreeMap<Integer, Integer>();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var rounds = new ArrayList<Future<Map<Integer, Integer>>>();
            for (int thread = 0; thread < THREADS; thread++) {
                long mine = seed + thread;
                rounds.add(threads.submit(() -> run(endpoint, mine)));
            }
            for (var running : rounds) {
                running.get()
                        .forEach((status, times) -> answers.merge(status, times, Integer::sum));
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
        System.out.println("fuzz: answers by status, 0 for a close: " + answers);
        assertThat(answers.keySet()).doesNotContain(500).contains(200, 400, 403);
    }

    private static Map<Integer, Integer> run(URI endpoint, long seed) throws IOException {
        var fuzz = new Fuzz(endpoint, seed);
        var owner = new FuzzedStream(endpoint);
        int step = 0;
        try {
            for (; step < STEPS; step++) {
                if (step % 300 == 0) {
                    // What the changes left of the stream may be anything.
                    fuzz.use(owner.requests("fuzz-" + seed));
                }
                fuzz.step();
                if (fuzz.answers().containsKey(500)) {
                    throw new AssertionError("500");
                }
            }
            return fuzz.answers();
        } catch (AssertionError | IOException e) {
            throw new AssertionError(
                    "seed %d, step %d: %s, after sending%n%s"
                            .formatted(seed, step, e.getMessage(), fuzz.last()),
                    e);
        } finally {
            fuzz.close();
        }
    }
}
