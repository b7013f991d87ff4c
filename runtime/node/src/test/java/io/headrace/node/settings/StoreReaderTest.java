package io.headrace.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoreReaderTest {
    private static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret");

    @Test
    void streamsAreInTheDataDirectoryUnlessAStoreIsSaid() throws Exception {
        var settings = read(Map.of(), Map.of());

        assertThat(settings.store()).isInstanceOf(Settings.Store.OfNode.class);
        assertThat(settings.cluster()).isEmpty();
    }

    @Test
    void aBucketHasItsKeysFromTheEnvironment() throws Exception {
        var settings =
                read(Map.of("store", "s3://bucket/a/b", "s3.endpoint", "http://h:9000"), KEYS);

        assertThat(settings.store())
                .isInstanceOfSatisfying(
                        Settings.Store.Bucket.class,
                        bucket -> {
                            assertThat(bucket.settings().bucket()).isEqualTo("bucket");
                            assertThat(bucket.settings().prefix()).isEqualTo("a/b/");
                            assertThat(bucket.credentials().toString()).contains("id");
                        });
    }

    @Test
    void aCacheHasABoundThatIsWorthIt() throws Exception {
        for (var bound : Map.of("10GiB", 10L << 30, "64MiB", 64L << 20, "0", 0L).entrySet()) {
            assertThat(
                            read(
                                            Map.of(
                                                    "store",
                                                    "file:///nfs",
                                                    "cache-bytes",
                                                    bound.getKey()),
                                            KEYS)
                                    .cacheBytes())
                    .contains(bound.getValue());
        }
        for (var wrong : List.of("1MiB", "-1", "10GB", "many", "9999999999TiB")) {
            assertThatExceptionOfType(SettingsException.class)
                    .isThrownBy(
                            () -> read(Map.of("store", "file:///nfs", "cache-bytes", wrong), KEYS))
                    .withMessageContaining("cache-bytes")
                    .withMessageContaining(wrong);
        }
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> read(Map.of("cache-bytes", "1GiB"), KEYS))
                .withMessageContaining("has no meaning without store");
    }

    @Test
    void aMemberNeedsLittle() throws Exception {
        var settings =
                read(
                        Map.of("store", "file:///nfs/streams", "shared", "true", "join", "b, c:5"),
                        Map.of());

        assertThat(settings.store())
                .isEqualTo(new Settings.Store.Directory(Path.of("/nfs/streams"), true));
        var cluster = settings.cluster().orElseThrow();
        assertThat(cluster.join()).containsExactly("b", "c:5");
        assertThat(cluster.host()).isEqualTo("127.0.0.1");
        assertThat(cluster.eventBusPort()).isEqualTo(5702);
        assertThat(cluster.node()).isEqualTo("127.0.0.1:5701");
    }

    @Test
    void whatDoesNotFitIsToldTogether() {
        assertThat(problems(Map.of("join", "a", "cluster.heartbeat-timeout", "10ms"), Map.of()))
                .anyMatch(reason -> reason.contains("a store that all nodes share"))
                .anyMatch(reason -> reason.contains("at least"));
        assertThat(problems(Map.of("store", "file:///d", "join", "a"), Map.of()))
                .anyMatch(reason -> reason.contains("say shared"));
        assertThat(problems(Map.of("store", "s3://bucket"), KEYS))
                .anyMatch(reason -> reason.contains("needs s3.endpoint"));
        assertThat(problems(Map.of("store", "s3://bucket", "s3.endpoint", "http://h"), Map.of()))
                .anyMatch(reason -> reason.contains("AWS_SECRET_ACCESS_KEY"));
        assertThat(problems(Map.of("store", "/d"), Map.of()))
                .anyMatch(reason -> reason.contains("s3://bucket/prefix or file:///directory"));
        assertThat(problems(Map.of("cluster.port", "1", "shared", "true"), Map.of()))
                .anyMatch(reason -> reason.contains("without join"))
                .anyMatch(reason -> reason.contains("without store"));
    }

    private static List<String> problems(
            Map<String, String> options, Map<String, String> environment) {
        var problems = new ArrayList<String>();
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> read(options, environment))
                .satisfies(e -> e.problems().forEach(problem -> problems.add(problem.toString())));
        return problems;
    }

    private static Settings read(Map<String, String> options, Map<String, String> environment)
            throws SettingsException {
        var byKey = new HashMap<Key<?>, String>();
        options.forEach((name, value) -> byKey.put(Keys.byName(name), value));
        return SettingsReader.read(byKey, environment, Optional.empty()).settings();
    }
}
