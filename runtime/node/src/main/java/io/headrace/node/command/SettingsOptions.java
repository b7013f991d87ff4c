package io.headrace.node.command;

import io.headrace.node.settings.Key;
import io.headrace.node.settings.Keys;
import io.headrace.node.settings.SettingsException;
import io.headrace.node.settings.SettingsReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The settings as options of a command: all but the secret ones, and {@code --config}. */
final class SettingsOptions {
    private static final String CONFIG = "--config";
    private static final String CONFIG_ENVIRONMENT = "HEADRACE_CONFIG";

    private SettingsOptions() {}

    static void addTo(CommandSpec spec) {
        addConfigTo(spec);
        for (var key : Keys.all()) {
            if (!key.secret()) {
                spec.addOption(option(key));
            }
        }
    }

    /** Only those that say where a store is, and the configuration file. */
    static void addStoreTo(CommandSpec spec) {
        addConfigTo(spec);
        Keys.ofStore().forEach(key -> spec.addOption(option(key)));
    }

    static boolean isStoreGiven(ParseResult parsed) {
        return parsed.hasMatchedOption(CONFIG)
                || Keys.ofStore().stream()
                        .anyMatch(key -> parsed.hasMatchedOption(key.optionName()));
    }

    private static void addConfigTo(CommandSpec spec) {
        spec.addOption(
                OptionSpec.builder("-c", CONFIG)
                        .paramLabel("FILE")
                        .type(String.class)
                        .description("Configuration file, YAML; also " + CONFIG_ENVIRONMENT + ".")
                        .build());
    }

    private static OptionSpec option(Key<?> key) {
        var builder =
                OptionSpec.builder(key.optionName())
                        .paramLabel(key.placeholder())
                        .type(String.class)
                        .description(
                                key.fallback() == null || key.isFlag()
                                        ? key.doc()
                                        : key.doc() + " Default: " + key.fallback() + ".");
        // A flag may stand alone: --insecure-bind.
        return key.isFlag() ? builder.arity("0..1").fallbackValue("true").build() : builder.build();
    }

    static SettingsReader.Reading read(ParseResult parsed, Map<String, String> environment)
            throws SettingsException {
        return read(parsed, environment, Keys.all());
    }

    /** Of a command that has options of its own which are called as settings of a node. */
    static SettingsReader.Reading readStore(ParseResult parsed, Map<String, String> environment)
            throws SettingsException {
        return read(parsed, environment, Keys.ofStore());
    }

    private static SettingsReader.Reading read(
            ParseResult parsed, Map<String, String> environment, List<Key<?>> keys)
            throws SettingsException {
        var options = new HashMap<Key<?>, String>();
        for (var key : keys) {
            if (!key.secret() && parsed.hasMatchedOption(key.optionName())) {
                options.put(key, parsed.matchedOptionValue(key.optionName(), ""));
            }
        }
        var file =
                Optional.ofNullable(
                        parsed.matchedOptionValue(CONFIG, environment.get(CONFIG_ENVIRONMENT)));
        return SettingsReader.read(options, unknown(parsed), environment, file.map(Path::of));
    }

    /** What was typed and is no option; the value behind such a one is left out. */
    private static List<String> unknown(ParseResult parsed) {
        var unknown = new ArrayList<String>();
        boolean mayBeValue = false;
        for (var argument : parsed.unmatched()) {
            boolean option = argument.startsWith("-");
            if (option || !mayBeValue) {
                unknown.add(option ? argument.replaceFirst("=.*", "") : argument);
            }
            mayBeValue = option && argument.indexOf('=') < 0;
        }
        return unknown;
    }
}
