package io.headrace.node.command;

import io.headrace.node.settings.SettingsException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code headrace config}: what is set and why, and everything that can be. */
final class ConfigCommand implements Callable<Integer> {
    private final CommandSpec spec;

    private ConfigCommand() {
        this.spec = CommandSpec.wrapWithoutInspection(this);
    }

    static CommandSpec spec() {
        var spec = new ConfigCommand().spec;
        spec.usageMessage()
                .description(
                        "Prints every setting with its value, where that came from, and what it is"
                                + " for; secrets are masked. Takes the options of serve.")
                .sortOptions(false);
        spec.addOption(Main.help());
        SettingsOptions.addTo(spec);
        return spec;
    }

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        try {
            var reading =
                    SettingsOptions.read(spec.commandLine().getParseResult(), System.getenv());
            for (var value : reading.values()) {
                var key = value.key();
                out.println("# " + key.doc());
                out.println(
                        "# "
                                + key.environmentName()
                                + (key.secret() ? "" : ", " + key.optionName())
                                + " ("
                                + value.source()
                                + ")");
                out.println(
                        value.text().isEmpty()
                                ? "# " + key.name() + ": " + key.placeholder()
                                : key.name() + ": " + value.text());
                out.println();
            }
            for (var identity : reading.settings().identities()) {
                out.println(
                        "# identity %s%s: %s, %s"
                                .formatted(
                                        identity.accessKeyId(),
                                        identity.active() ? "" : " (inactive)",
                                        identity.principalArn(),
                                        identity.policies().isEmpty()
                                                ? "may do everything"
                                                : identity.policies().size() + " policies"));
            }
            out.flush();
            return CommandLine.ExitCode.OK;
        } catch (SettingsException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
    }
}
