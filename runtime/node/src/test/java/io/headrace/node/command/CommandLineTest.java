package io.headrace.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.node.TestNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** What is typed, and what it is told. */
@Timeout(120)
class CommandLineTest {
    @TempDir Path directory;

    private record Ran(int exit, String out, String err) {}

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

    @Test
    void unknownOptionsAreToldWithAllElseThatIsWrong() {
        var ran = run("serve", "--prot", "1", "--port", "x", "--regoin=a", "here", "--limits", "?");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .contains("--prot (command line): is unknown; did you mean --port?")
                .contains("--regoin (command line): is unknown; did you mean --region?")
                .contains("--port (command line): ")
                .contains("--limits (command line): ")
                .contains("here (command line): is unknown")
                .doesNotContain("1 (command line)");
    }

    @Test
    void everyCommandTellsItsVersionAndLabelsItsOptions() {
        check(Main.commandLine());
    }

    private static void check(CommandLine line) {
        var spec = line.getCommandSpec();
        assertThat(spec.optionsMap()).as(spec.qualifiedName()).containsKeys("-h", "-V");
        assertThat(spec.usageMessage().description()).as(spec.qualifiedName()).isNotEmpty();
        assertThat(spec.args())
                .filteredOn(argument -> argument.arity().max() > 0)
                .extracting(ArgSpec::paramLabel)
                .as(spec.qualifiedName())
                .allMatch(label -> !label.startsWith("<") && !label.equals("PARAM"));
        line.getSubcommands().values().forEach(CommandLineTest::check);
    }

    @Test
    void keysAreListedAddedAndRotatedWhileTheirNodeRuns() throws Exception {
        var data = directory.resolve("data");
        var early = run("keys", "add", "alias/mine", "--data", data.toString());
        assertThat(early.exit()).isEqualTo(1);
        assertThat(early.err()).contains("a node makes it when it first starts");
        try (var node = TestNode.start(data)) {
            node.createStream("orders", 1);
            assertThat(keys("list")).contains("alias/aws/kinesis", "enabled");
            var added = run("keys", "add", "alias/mine", "--data", data.toString());
            assertThat(added.exit()).as(added.err()).isZero();
            assertThat(added.out()).contains("alias/mine").contains("the newest of 1");
            assertThat(run("keys", "add", "alias/mine", "--data", data.toString()).err())
                    .contains("is there already");
            var before = Files.readString(data.resolve("keys.json"));
            assertThat(run("keys", "rotate", "alias/mine", "--data", data.toString()).out())
                    .contains("the newest of 2");
            assertThat(Files.readString(data.resolve("keys.json"))).isNotEqualTo(before);
            assertThat(keys("list")).containsPattern("alias/mine +enabled +2 ");
            var unknown = run("keys", "rotate", "alias/none", "--data", data.toString());
            assertThat(unknown.exit()).isEqualTo(1);
            assertThat(unknown.err()).contains("Key alias/none does not exist.");
        }
    }

    private String keys(String command) {
        var ran = run("keys", command, "--data", directory.resolve("data").toString());
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran.out();
    }

    @Test
    void anUnknownConsumerIsSetNowhereUnlessItIsToBeCreated() throws Exception {
        try (var node = TestNode.start(directory.resolve("data"))) {
            node.createStream("orders", 2);
            var endpoint = node.address().toString();
            String[] reset = {
                "consumer",
                "reset",
                "biling",
                "--stream",
                "orders",
                "--to",
                "oldest",
                "--endpoint",
                endpoint
            };
            var refused = run(reset);
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains("Consumer biling has no place in");
            assertThat(run("consumer", "list", "--endpoint", endpoint).out()).isEmpty();
            var nowhere =
                    run(
                            "consumer",
                            "reset",
                            "biling",
                            "--stream",
                            "none",
                            "--to",
                            "oldest",
                            "--create",
                            "--endpoint",
                            endpoint);
            assertThat(nowhere.exit()).isEqualTo(1);
            var create = Arrays.copyOf(reset, reset.length + 1);
            create[reset.length] = "--create";
            assertThat(run(create).out())
                    .isEqualTo("created biling in 2 shards of orders at oldest\n");
            assertThat(run(reset).out())
                    .isEqualTo("set back biling in 2 shards of orders at oldest\n");
        }
    }
}
