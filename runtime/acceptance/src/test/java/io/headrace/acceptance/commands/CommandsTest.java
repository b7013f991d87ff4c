package io.headrace.acceptance.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.acceptance.UnderTest;
import io.headrace.client.Connector;
import io.headrace.client.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands end to end, each on a stream of its own. */
@ExtendWith(UnderTest.class)
@Timeout(180)
class CommandsTest {
    private final URI endpoint;

    CommandsTest(URI endpoint) {
        this.endpoint = endpoint;
    }

    private record Outcome(int status, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    private Outcome headrace(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--endpoint", endpoint.toString()));
        int status =
                Main.commandLine(Connector.aws())
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(all.toArray(String[]::new));
        return new Outcome(status, out.toString(), err.toString());
    }

    private Outcome succeeds(String... arguments) {
        var outcome = headrace(arguments);
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome;
    }

    @Test
    void aStreamsLife() throws Exception {
        succeeds("stream", "create", "life", "--shards", "2", "--retention", "48", "--tag", "a=b");
        assertThat(succeeds("stream", "list").lines()).contains("life");
        succeeds("stream", "split", "life", "shardId-000000000000");
        succeeds("stream", "merge", "life", "shardId-000000000002", "shardId-000000000003");
        assertThat(succeeds("stream", "scale", "life", "4").out())
                .isEqualTo("Scaled life from 2 to 4 shards.\n");
        // Further than one request goes.
        assertThat(succeeds("stream", "scale", "life", "1").out())
                .isEqualTo("Scaled life from 4 to 1 shards.\n");
        succeeds("stream", "scale", "life", "7");
        succeeds("stream", "scale", "life", "4");
        var described =
                new ObjectMapper().readTree(succeeds("stream", "describe", "life", "--json").out());
        assertThat(described.path("OpenShardCount").asInt()).isEqualTo(4);
        assertThat(described.path("RetentionPeriodHours").asInt()).isEqualTo(48);
        assertThat(headrace("stream", "create", "life").status()).isEqualTo(1);
        succeeds("stream", "delete", "life");
        var gone = headrace("stream", "describe", "life");
        assertThat(gone.status()).isEqualTo(1);
        assertThat(gone.err()).contains("ResourceNotFoundException");
    }

    @Test
    void whatIsPutIsTailedThroughASplitInTheOrderOfItsKeys(@TempDir Path directory)
            throws Exception {
        var before = records(0, 2_000);
        var after = records(2_000, 2_500);
        var first = Files.write(directory.resolve("first"), before);
        var second = Files.write(directory.resolve("second"), after);
        succeeds("stream", "create", "through", "--shards", "2");
        var put = succeeds("put", "through", "--file", first.toString(), "--key-pointer", "/key");
        assertThat(put.err()).contains("2,000 records");
        succeeds("stream", "scale", "through", "4");
        succeeds("put", "through", "--file", second.toString(), "--key-pointer", "/key");

        var all = new ArrayList<>(before);
        all.addAll(after);
        for (var way : List.of(List.<String>of(), List.of("--consumer", "command"))) {
            var arguments =
                    new ArrayList<>(
                            List.of(
                                    "tail",
                                    "through",
                                    "--from",
                                    "trim-horizon",
                                    "--format",
                                    "raw"));
            arguments.addAll(List.of("--until-caught-up"));
            arguments.addAll(way);
            var tailed = succeeds(arguments.toArray(String[]::new)).lines();
            assertThat(tailed).containsExactlyInAnyOrderElementsOf(all);
            for (int key = 0; key < 50; key++) {
                var mine = "{\"key\":\"" + key + "\"";
                assertThat(tailed.stream().filter(line -> line.startsWith(mine + ",")))
                        .containsExactlyElementsOf(
                                all.stream().filter(line -> line.startsWith(mine + ",")).toList());
            }
        }
        assertThat(succeeds("tail", "through", "--from", "trim-horizon", "--limit", "7").lines())
                .hasSize(7);
    }

    private static List<String> records(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"key\":\"" + i % 50 + "\",\"number\":" + i + "}")
                .toList();
    }

    @Test
    void measurementsTellTheirFigures() throws Exception {
        for (var mode :
                List.of(
                        List.of("put", "--protocol", "json"),
                        List.of("put", "--protocol", "cbor", "--batch", "1"),
                        List.of("read", "--protocol", "cbor", "--fill", "2000"),
                        List.of("tail", "--rate", "2000", "--batch", "100"),
                        List.of("deliver", "--rate", "200"))) {
            var arguments = new ArrayList<>(List.of("bench"));
            arguments.addAll(mode);
            arguments.addAll(List.of("--seconds", "0.5", "--warm-up", "0.5", "--json"));
            arguments.addAll(List.of("--connections", "2", "--stream", "measured"));
            arguments.addAll(List.of("--server-pid", Long.toString(ProcessHandle.current().pid())));
            var report =
                    new ObjectMapper().readTree(succeeds(arguments.toArray(String[]::new)).out());
            assertThat(report.path("records").asLong()).as(report.toString()).isPositive();
            assertThat(report.path("refusedRecords").asLong()).isZero();
            assertThat(report.has("serverCpuSeconds")).isTrue();
        }
    }

    @Test
    void theDemoShowsThatAllFits() {
        var shown = succeeds("demo", "--seconds", "3", "--rate", "400");
        assertThat(shown.out())
                .contains("every visit in order: yes")
                .contains("clicks acknowledged");
    }
}
