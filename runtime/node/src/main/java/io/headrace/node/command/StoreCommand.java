package io.headrace.node.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.store.StoreCheck;
import io.headrace.store.StoreSettings;
import io.headrace.store.shard.ShardCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code headrace store}: looks after what nodes keep. */
final class StoreCommand {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "--data";
    private static final String JSON_OPTION = "--json";

    private StoreCommand() {}

    static CommandSpec spec() {
        var spec =
                Operator.group("Looks after what nodes keep: a data directory or a shared store.");
        spec.addSubcommand("check", check());
        spec.addSubcommand("gc", SharedStoreCommand.gc());
        spec.addSubcommand("migrate", StoreMoves.migrate());
        return spec;
    }

    private static CommandSpec check() {
        var spec =
                Operator.command(
                        "Reads all that is stored and prints what is damaged or unneeded; changes"
                                + " nothing. Takes --data of a node that is stopped, or --store of"
                                + " nodes that may run. Exit code 1 if anything is damaged.",
                        StoreCommand::check);
        spec.addOption(
                OptionSpec.builder(DATA)
                        .paramLabel("DIR")
                        .type(Path.class)
                        .description("The data directory of a stopped node.")
                        .build());
        SettingsOptions.addStoreTo(spec);
        spec.addOption(OptionSpec.builder(JSON_OPTION).description("Prints JSON.").build());
        return spec;
    }

    private static int check(CommandLine line) throws IOException {
        var parsed = line.getParseResult();
        if (!parsed.hasMatchedOption(DATA)) {
            var shared = SharedStoreCommand.store(line, "Give --data DIR or --store URL.");
            return shared.isEmpty()
                    ? CommandLine.ExitCode.USAGE
                    : told(line, SharedStoreCommand.check(line, shared.get()));
        }
        if (SettingsOptions.isStoreGiven(parsed)) {
            line.getErr()
                    .println(
                            "headrace store check: --data is for a node by itself and does not go"
                                    + " with options of a store; give one of them.");
            return CommandLine.ExitCode.USAGE;
        }
        Path data = parsed.matchedOptionValue(DATA, Path.of(""));
        if (!Files.isDirectory(data.resolve("objects"))) {
            throw new IOException(data + " holds no data of a node");
        }
        return told(line, StoreCheck.run(StoreSettings.of(data, Runtime.getRuntime().maxMemory())));
    }

    private static int told(CommandLine line, ShardCheck.Report report) throws IOException {
        boolean damaged = report.findings().stream().anyMatch(ShardCheck.Finding::isDamage);
        if (line.getParseResult().hasMatchedOption(JSON_OPTION)) {
            printJson(line, report);
        } else {
            print(line, report);
        }
        return damaged ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private static void print(CommandLine line, ShardCheck.Report report) {
        var out = line.getOut();
        for (var finding : report.findings()) {
            out.println(
                    "%s: %s: %s"
                            .formatted(
                                    finding.isDamage() ? "damaged" : "unneeded",
                                    finding.where(),
                                    finding.what()));
        }
        out.println(
                "%d shards, %,d records, %d findings"
                        .formatted(report.shards(), report.records(), report.findings().size()));
    }

    private static void printJson(CommandLine line, ShardCheck.Report report) throws IOException {
        var json =
                JSON.createObjectNode()
                        .put("shards", report.shards())
                        .put("records", report.records());
        var findings = json.putArray("findings");
        for (var finding : report.findings()) {
            findings.addObject()
                    .put("damage", finding.isDamage())
                    .put("where", finding.where())
                    .put("what", finding.what());
        }
        line.getOut().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }
}
