package io.headrace.acceptance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the archive brings for systemd and cloud-init fits the rest of it, and the node. */
@Timeout(240)
class ServiceFilesTest {
    private static final String INSTALLED = "/opt/headrace";
    private static final String UNIT = "systemd/headrace.service";
    private static final String USER_DATA = "cloud-init/three-nodes.yaml";

    /** More than a tenth of systemd's scale is a door left open. */
    private static final double EXPOSURE_MAX = 2.0;

    @TempDir static Path directory;
    private static Unpacked unpacked = new Unpacked(Path.of(""), Path.of(""));

    @BeforeAll
    static void unpack() throws Exception {
        unpacked = Unpacked.into(directory);
    }

    @Test
    void everyPathOfTheInstallationIsInTheArchive() throws Exception {
        for (var file : List.of(UNIT, "systemd/headrace.env", USER_DATA)) {
            var paths = paths(unpacked.text(file), INSTALLED + "(/[\\w./-]+)");
            assertThat(paths)
                    .as(file)
                    .allMatch(path -> Files.exists(Path.of(unpacked.home() + path)));
        }
        for (var file : List.of("README", USER_DATA)) {
            var paths = paths(unpacked.text(file), "\\s((?:systemd|conf)/[\\w.-]+)");
            assertThat(paths)
                    .as(file)
                    .contains(UNIT, "systemd/sysusers.conf", "systemd/tmpfiles.conf")
                    .allMatch(path -> Files.isRegularFile(unpacked.home().resolve(path)));
        }
    }

    @Test
    void theUnitsUserAndDirectoriesAreMade() throws Exception {
        var user = unit("User").getFirst();
        assertThat(unpacked.text("systemd/sysusers.conf")).contains("u " + user + " - ");
        var made = unpacked.text("systemd/tmpfiles.conf");
        for (var path : unit("ReadWritePaths").getFirst().split(" ", -1)) {
            assertThat(made).contains("d " + path + " 07").contains(" " + user + " " + user);
        }
        var read = paths(unit("EnvironmentFile") + " " + unit("ExecStart"), "(/etc/[\\w/.-]+)");
        assertThat(read)
                .containsExactlyInAnyOrder(
                        "/etc/headrace/headrace.env", "/etc/headrace/headrace.yaml")
                .allMatch(path -> made.contains("z " + path + " 06"));
        assertThat(writtenByUserData().keySet()).containsAll(read);
    }

    @Test
    void systemdFindsTheUnitRightAndClosed() throws Exception {
        Assumptions.assumeTrue(Tools.have("systemd-analyze"), "skipped: no systemd-analyze");
        // Where the unit's launcher is, as it is not installed here.
        var here =
                Files.writeString(
                        Files.createDirectory(directory.resolve("unit"))
                                .resolve("headrace.service"),
                        unpacked.text(UNIT).replace(INSTALLED, unpacked.home().toString()));

        assertThat(Unpacked.output(List.of("systemd-analyze", "verify", here.toString())))
                .isEmpty();

        var closed =
                Unpacked.output(
                        List.of(
                                "systemd-analyze",
                                "security",
                                "--no-pager",
                                "--offline=true",
                                "--threshold=" + Math.round(EXPOSURE_MAX * 10),
                                here.toString()));
        assertThat(closed).contains("Overall exposure level");
    }

    @Test
    void theUnitAllowsEverySystemCallThatANodeMakes() throws Exception {
        Assumptions.assumeTrue(
                Tools.have("systemd-analyze") && Tools.have("strace"),
                "skipped: needs systemd-analyze and strace");
        var trace = directory.resolve("calls");
        // The run that a start-up cache is made from: a node that serves what clients ask and ends.
        var run =
                Tools.run(
                        directory,
                        List.of(
                                "strace",
                                "-f",
                                "-qq",
                                "-c",
                                "-U",
                                "name",
                                "-o",
                                trace.toString(),
                                unpacked.home().resolve("headrace").toString(),
                                "make-cache"),
                        Map.of("HEADRACE_CACHE", directory.resolve("traced").toString()));
        Assumptions.assumeFalse(
                run.output().contains("Operation not permitted"), "skipped: strace may not trace");
        assertThat(run.status()).as(run.output()).isZero();
        var made =
                Files.readAllLines(trace).stream()
                        .map(String::strip)
                        .filter(name -> name.matches("\\w+"))
                        .filter(name -> !name.equals("syscall") && !name.equals("total"))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(made).contains("execve", "fdatasync", "accept");

        assertThat(allowed()).containsAll(made);
    }

    @Test
    void aStopHasLongerThanTheNodeTakesAtMost() throws Exception {
        var config = Unpacked.output(List.of(launcher(), "config"));
        var drain = paths(config, "drain: (\\d+)s").iterator().next();
        var stop = Integer.parseInt(unit("TimeoutStopSec").getFirst());

        // What StopSignal grants on top of draining.
        assertThat(stop).isGreaterThan(Integer.parseInt(drain) + 15);
    }

    @Test
    void theUserDataIsReadAsItIsMeant() throws Exception {
        assertThat(unpacked.text(USER_DATA)).startsWith("#cloud-config\n");
        var written = writtenByUserData();

        var settings = required(written, "/etc/headrace/headrace.yaml");
        var file = Files.writeString(directory.resolve("user-data.yaml"), settings);
        var environment =
                required(written, "/etc/headrace/headrace.env")
                        .lines()
                        .map(line -> line.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        // What the script finds out.
        environment.put("HEADRACE_CLUSTER_HOST", "10.0.0.12");
        var command = List.of(launcher(), "config", "--config", file.toString());
        var config = Tools.run(directory, command, environment);
        assertThat(config.status()).as(config.output()).isZero();

        var script = required(written, "/etc/headrace/install.sh");
        var install = Files.writeString(directory.resolve("install.sh"), script);
        Unpacked.output(List.of("sh", "-n", install.toString()));
        assertThat(script).contains("version=" + unpacked.text("VERSION").strip() + "\n");

        var addresses = paths(settings, "(\\d+\\.\\d+\\.\\d+\\.1[1-3])");
        assertThat(addresses).hasSize(3);
        assertThat(
                        paths(
                                required(written, "/etc/headrace/headrace.nft"),
                                "(\\d+\\.\\d+\\.\\d+\\.\\d+)"))
                .isEqualTo(addresses);
    }

    @Test
    void theExamplesAreReadWithoutAProblem() throws Exception {
        try (var examples = Files.list(unpacked.home().resolve("conf"))) {
            for (var example : examples.toList()) {
                var config =
                        Tools.run(
                                directory,
                                List.of(launcher(), "config", "--config", example.toString()),
                                Map.of(
                                        "AWS_ACCESS_KEY_ID", "id",
                                        "AWS_SECRET_ACCESS_KEY", "secret"));
                assertThat(config.status()).as(config.output()).isZero();
            }
        }
    }

    private static String launcher() {
        return unpacked.home().resolve("headrace").toString();
    }

    /** What the unit assigns to a name, in the order of its lines. */
    private static List<String> unit(String name) throws Exception {
        var values =
                unpacked.text(UNIT)
                        .lines()
                        .filter(line -> line.startsWith(name + "="))
                        .map(line -> line.substring(name.length() + 1))
                        .toList();
        assertThat(values).as(name).isNotEmpty();
        return values;
    }

    /** The system calls that pass the unit's filter. */
    private static Set<String> allowed() throws Exception {
        var allowed = new HashSet<String>();
        for (var filter : unit("SystemCallFilter")) {
            if (filter.startsWith("~")) {
                allowed.removeAll(members(filter.substring(1)));
            } else {
                allowed.addAll(members(filter));
            }
        }
        // systemd adds the calls without which no filter makes sense.
        allowed.addAll(members("@default"));
        return allowed;
    }

    /** What a set holds, and the sets in it. */
    private static List<String> members(String set) throws Exception {
        var members = new ArrayList<String>();
        for (var line :
                Unpacked.output(List.of("systemd-analyze", "syscall-filter", set))
                        .lines()
                        .skip(1)
                        .map(String::strip)
                        .filter(line -> !line.startsWith("#"))
                        .toList()) {
            if (line.startsWith("@")) {
                members.addAll(members(line));
            } else {
                members.add(line);
            }
        }
        return members;
    }

    private static Map<String, String> writtenByUserData() throws Exception {
        var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        Map<String, List<Map<String, String>>> top = yaml.load(unpacked.text(USER_DATA));
        return required(top, "write_files").stream()
                .collect(
                        Collectors.toMap(
                                file -> required(file, "path"), file -> required(file, "content")));
    }

    private static <T> T required(Map<String, T> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    /** What the pattern's group matched. */
    private static Set<String> paths(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
