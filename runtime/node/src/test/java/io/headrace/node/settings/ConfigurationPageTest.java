package io.headrace.node.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page about configuration tells what there is, and its examples are read. */
class ConfigurationPageTest {
    private static final Path ROOT = Path.of(System.getProperty("headrace.root", "../.."));
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TempDir Path directory;

    @Test
    void theTableIsTheListOfKeys() throws IOException {
        var rows =
                Keys.all().stream()
                        .map(key ->
                                "| `%s` | %s | `%s` | %s |"
                                        .formatted(
                                                key.name(),
                                                key.secret() ? "" : "`" + key.optionName() + "`",
                                                key.environmentName(),
                                                key.doc()
                                                        + (key.fallback() == null
                                                                ? ""
                                                                : " Default: `"
                                                                        + key.fallback()
                                                                        + "`.")))
                        .collect(Collectors.joining("\n"));

        assertThat(page()).contains(rows + "\n\n");
    }

    @Test
    void everyExampleIsReadWithoutAProblem() throws Exception {
        var examples = YAML.matcher(page()).results().map(found -> found.group(1)).toList();
        assertThat(examples).isNotEmpty();
        for (var example : examples) {
            var file = Files.writeString(directory.resolve("example.yaml"), example);
            assertThat(SettingsReader.read(Map.of(), Map.of(), Optional.of(file)).values())
                    .anyMatch(value -> value.source().startsWith("example.yaml"));
        }
        var shipped = ROOT.resolve("runtime/distribution/src/files/conf/headrace.example.yaml");
        assertThat(SettingsReader.read(Map.of(), Map.of(), Optional.of(shipped)).settings())
                .isNotNull();
    }

    @Test
    void theLaunchersOwnNamesAreThere() throws IOException {
        assertThat(page()).contains(SettingsReader.LAUNCHER_ENVIRONMENT);
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/configuration.md"));
    }
}
