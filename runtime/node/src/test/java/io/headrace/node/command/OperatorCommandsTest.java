package io.headrace.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.node.TestNode;
import io.headrace.store.consumer.ConsumerSettings;
import io.headrace.store.consumer.StartPosition;
import io.headrace.store.stream.StreamName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands as typed, against a node. */
@Timeout(120)
class OperatorCommandsTest {
    private static final StreamName ORDERS = new StreamName("000000000000", "orders");

    @TempDir Path directory;

    private record Ran(int exit, String out, String err) {}

    @Test
    void aBackupTakenUnderLoadHoldsWhatWasAcknowledgedBefore() throws Exception {
        var acknowledged = new ConcurrentLinkedQueue<String>();
        var stop = new AtomicBoolean();
        var zip = directory.resolve("backup.zip");
        List<String> before;
        try (var node = TestNode.start(directory.resolve("data"))) {
            node.createStream("orders", 2);
            var loaded = new CountDownLatch(100);
            var producers = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                var name = "p" + i;
                producers.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    for (int n = 0; !stop.get(); n++) {
                                        var data = name + "-" + n;
                                        put(node, data);
                                        acknowledged.add(data);
                                        loaded.countDown();
                                    }
                                }));
            }
            assertThat(loaded.await(60, TimeUnit.SECONDS)).isTrue();
            before = List.copyOf(acknowledged);
            var ran = run(node, "backup", "--to", zip.toString());
            assertThat(ran.err()).isEmpty();
            assertThat(ran.exit()).isZero();
            stop.set(true);
            for (var producer : producers) {
                producer.join();
            }
            assertThat(directory.resolve("data/snapshots")).isEmptyDirectory();
        }

        var restored = directory.resolve("restored");
        assertThat(run("restore", "--from", zip.toString(), "--data", restored.toString()).exit())
                .isZero();
        var check = run("store", "check", "--data", restored.toString());
        assertThat(check.exit()).as(check.out() + check.err()).isZero();
        try (var node = TestNode.start(restored)) {
            assertThat(node.readAll("orders"))
                    .containsAll(before)
                    .isSubsetOf(acknowledged)
                    .doesNotHaveDuplicates();
            // It goes on from there.
            node.put("orders", "key", "next");
            assertThat(node.readAll("orders")).contains("next");
        }
        assertThat(run("restore", "--from", zip.toString(), "--data", restored.toString()).err())
                .contains("is not empty");
    }

    @Test
    void aStoppedNodeIsBackedUpAndADamagedBackupIsRefusedByName() throws Exception {
        var data = directory.resolve("data");
        try (var node = TestNode.start(data)) {
            node.createStream("orders", 1);
            node.put("orders", "key", "one");
            assertThat(run("backup", "--data", data.toString(), "--to", directory + "/x").err())
                    .contains("in use by another process");
        }
        var backup = directory.resolve("backup");
        var keys = data.resolve("keys.json");
        assertThat(
                        run(
                                        "backup",
                                        "--data",
                                        data.toString(),
                                        "--to",
                                        backup.toString(),
                                        "--keys",
                                        keys.toString())
                                .exit())
                .isZero();
        var whole = directory.resolve("whole");
        assertThat(run("restore", "--from", backup.toString(), "--data", whole.toString()).exit())
                .isZero();
        assertThat(whole.resolve("keys.json")).hasSameBinaryContentAs(keys);
        try (var node = TestNode.start(whole)) {
            assertThat(node.readAll("orders")).containsExactly("one");
        }

        var journal = firstFile(backup.resolve("journal"));
        flipBit(journal);
        var damaged = run("restore", "--from", backup.toString(), "--data", directory + "/damaged");
        assertThat(damaged.exit()).isEqualTo(1);
        assertThat(damaged.err()).contains(journal.getFileName().toString()).contains("damaged");
        Files.delete(journal);
        assertThat(
                        run("restore", "--from", backup.toString(), "--data", directory + "/lacks")
                                .err())
                .contains("lacks the file");
        Files.delete(backup.resolve("backup.json"));
        assertThat(run("restore", "--from", backup.toString(), "--data", directory + "/none").err())
                .contains("no finished backup");
    }

    @Test
    void checkNamesWhatIsDamaged() throws Exception {
        var data = directory.resolve("data");
        try (var node = TestNode.start(data)) {
            node.createStream("orders", 1);
            node.put("orders", "key", "one");
        }
        var clean = run("store", "check", "--data", data.toString(), "--json");
        assertThat(clean.exit()).isZero();
        assertThat(clean.out()).contains("\"records\" : 1");
        flipBit(firstFile(data.resolve("journal")));
        var damaged = run("store", "check", "--data", data.toString());
        assertThat(damaged.exit()).isEqualTo(1);
        assertThat(damaged.out()).contains("damaged: journal");
        assertThat(run("store", "check", "--data", directory + "/none").err())
                .contains("holds no data");
    }

    @Test
    void aConsumerIsListedMeasuredSetBackAndForgotten() throws Exception {
        try (var node = TestNode.start(directory.resolve("data"))) {
            node.createStream("orders", 1);
            for (int i = 0; i < 3; i++) {
                node.put("orders", "key", "r" + i);
            }
            var handled = new CountDownLatch(3);
            try (var _ =
                    node.groups()
                            .join(
                                    "billing",
                                    "member-1",
                                    ORDERS,
                                    (_, records) -> {
                                        for (var slice : records.slices()) {
                                            for (long i = slice.fromIndex();
                                                    i < slice.toIndex();
                                                    i++) {
                                                handled.countDown();
                                            }
                                        }
                                    },
                                    ConsumerSettings.from(new StartPosition.TrimHorizon()))) {
                assertThat(handled.await(60, TimeUnit.SECONDS)).isTrue();
                assertThat(run(node, "consumer", "list").out()).isEqualTo("billing\n");
                var reset =
                        run(
                                node,
                                "consumer",
                                "reset",
                                "billing",
                                "--stream",
                                "orders",
                                "--to",
                                "oldest");
                assertThat(reset.exit()).isEqualTo(1);
                assertThat(reset.err()).contains("is read by member-1");
            }
            assertThat(lag(node)).contains("\"RecordsBehind\" : 0", "\"Owner\" : \"\"");
            assertThat(
                            run(
                                            node,
                                            "consumer",
                                            "reset",
                                            "billing",
                                            "--stream",
                                            "orders",
                                            "--to",
                                            "oldest")
                                    .exit())
                    .isZero();
            assertThat(lag(node)).contains("\"RecordsBehind\" : 3", "\"StreamName\" : \"orders\"");
            assertThat(run(node, "consumer", "lag", "billing").out())
                    .contains("shardId-000000000000");
            run(node, "consumer", "reset", "billing", "--stream", "orders", "--to", "newest");
            assertThat(lag(node)).contains("\"RecordsBehind\" : 0");
            assertThat(run(node, "consumer", "delete", "billing").exit()).isZero();
            assertThat(run(node, "consumer", "list").out()).isEmpty();
            assertThat(run(node, "consumer", "lag", "billing").err()).contains("not found");
        }
    }

    @Test
    void aMissingBackupAndAMissingNodeAreNamed() {
        var missing = run("restore", "--from", directory + "/nope", "--data", directory + "/d");
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no backup " + directory.resolve("nope"));
        // Nobody listens on the discard port.
        var alone = run("backup", "--to", directory + "/b", "--endpoint", "http://127.0.0.1:9");
        assertThat(alone.exit()).isEqualTo(3);
        assertThat(alone.err()).contains("no node answers at http://127.0.0.1:9");
    }

    private static String lag(TestNode node) {
        return run(node, "consumer", "lag", "billing", "--json").out();
    }

    private static void put(TestNode node, String data) {
        try {
            node.put("orders", data, data);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path firstFile(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("spare"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flipBit(Path file) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            long at = 100;
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 0x10)).flip();
            channel.write(one, at);
        }
    }

    private static Ran run(TestNode node, String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--endpoint", node.address().toString()));
        return run(all.toArray(new String[0]));
    }

    private static Ran run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit =
                Main.commandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(args);
        return new Ran(exit, out.toString(), err.toString());
    }
}
