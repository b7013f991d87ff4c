package io.headrace.node.command;

import io.headrace.node.Node;
import io.headrace.node.NodeStartException;
import io.headrace.node.Surroundings;
import io.headrace.node.logging.Logging;
import io.headrace.node.settings.Keys;
import io.headrace.node.settings.SettingsException;
import io.headrace.node.settings.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code headrace train}: starts a node on data of its own, asks it what clients ask, and ends. The
 * launcher records this run for the JVM's ahead-of-time cache.
 */
final class TrainCommand implements Callable<Integer> {
    private final CommandSpec spec;

    private TrainCommand() {
        this.spec = CommandSpec.wrapWithoutInspection(this);
    }

    static CommandSpec spec() {
        var spec = new TrainCommand().spec;
        spec.usageMessage().description("A short run for the start-up cache.").hidden(true);
        spec.addOption(Main.help());
        return spec;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var data = Files.createTempDirectory("headrace-train");
        try {
            var options = Map.of(Keys.byName("port"), "0", Keys.byName("data"), data.toString());
            // As serve reads them: its parser is part of what is trained.
            Main.commandLine().parseArgs("serve", "--port", "0", "--data", data.toString());
            var settings = SettingsReader.read(options, Map.of(), Optional.empty()).settings();
            Logging.configure(settings.log());
            try (var node = Node.start(settings, Surroundings.real())) {
                TrainingRequests.sendTo(node.addresses().getFirst());
            }
            return CommandLine.ExitCode.OK;
        } catch (SettingsException | NodeStartException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        } finally {
            remove(data);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
