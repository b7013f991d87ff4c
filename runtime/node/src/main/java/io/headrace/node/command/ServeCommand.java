package io.headrace.node.command;

import io.headrace.node.Node;
import io.headrace.node.NodeStartException;
import io.headrace.node.Surroundings;
import io.headrace.node.logging.Logging;
import io.headrace.node.settings.Settings;
import io.headrace.node.settings.SettingsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code headrace serve}: runs a node until it is told to stop. */
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    private final CommandSpec spec;

    private ServeCommand() {
        this.spec = CommandSpec.wrapWithoutInspection(this);
    }

    static CommandSpec spec() {
        var spec = new ServeCommand().spec;
        spec.usageMessage()
                .description(
                        "Runs a node until SIGTERM or Ctrl-C, which let requests in flight finish.")
                .sortOptions(false);
        spec.addOption(Main.help());
        SettingsOptions.addTo(spec);
        return spec;
    }

    @Override
    public Integer call() throws InterruptedException {
        var err = spec.commandLine().getErr();
        try {
            var parsed = spec.commandLine().getParseResult();
            var settings = SettingsOptions.read(parsed, System.getenv()).settings();
            Logging.configure(settings.log());
            serve(settings);
            return CommandLine.ExitCode.OK;
        } catch (SettingsException e) {
            err.println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        } catch (IOException | NodeStartException e) {
            LOG.debug("the start failed", e);
            err.println("headrace cannot start: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void serve(Settings settings) throws NodeStartException, InterruptedException {
        var node = Node.start(settings, Surroundings.real());
        StopSignal.handle(node, settings.drain());
        if (settings.identities().isEmpty()) {
            LOG.warn(
                    "no credentials are configured: whoever reaches {} may do everything",
                    settings.listen().host());
        }
        var out = spec.commandLine().getOut();
        out.println(
                "headrace ready "
                        + node.addresses().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining(" "))
                        + " in "
                        + ProcessAge.now().toMillis()
                        + " ms, data "
                        + settings.data());
        out.flush();
        // Only the stop signal ends the process from here on.
        new CountDownLatch(1).await();
    }
}
