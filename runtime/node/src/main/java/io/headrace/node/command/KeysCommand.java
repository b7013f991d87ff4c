package io.headrace.node.command;

import io.headrace.node.Surroundings;
import io.headrace.store.RefusedException;
import io.headrace.store.crypt.KeyFile;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code headrace keys}: the master keys of encrypted streams; a running node takes changes up. */
final class KeysCommand {
    private static final String DATA = "--data";
    private static final String FILE = "keys.json";

    private KeysCommand() {}

    /** What is done to a key. */
    @FunctionalInterface
    private interface Change {
        void apply(KeyFile keys, String id) throws IOException;
    }

    static CommandSpec spec() {
        var spec =
                Operator.group(
                        "Lists, adds and rotates the master keys of encrypted streams. A running"
                                + " node takes a change up within seconds.");
        spec.addSubcommand(
                "list", finished(Operator.command("Names all keys.", KeysCommand::list)));
        spec.addSubcommand(
                "add", change("Makes a new key, for StartStreamEncryption.", KeysCommand::add));
        spec.addSubcommand(
                "rotate",
                change(
                        "Makes a new version of a key, which seals from now on; older ones stay,"
                                + " for what they sealed.",
                        KeyFile::rotate));
        return spec;
    }

    private static CommandSpec change(String description, Change change) {
        var spec = Operator.command(description, line -> change(line, change));
        spec.addPositional(
                PositionalParamSpec.builder()
                        .index("0")
                        .paramLabel("KEY")
                        .type(String.class)
                        .required(true)
                        .description("A key id, or alias/NAME.")
                        .build());
        return finished(spec);
    }

    private static CommandSpec finished(CommandSpec spec) {
        spec.addOption(
                OptionSpec.builder(DATA)
                        .paramLabel("DIR")
                        .type(Path.class)
                        .required(true)
                        .description("The node's data directory, which holds keys.json.")
                        .build());
        return spec;
    }

    private static KeyFile open(CommandLine line) throws IOException {
        Path data = line.getParseResult().matchedOptionValue(DATA, Path.of(""));
        var file = data.resolve(FILE);
        var keys = KeyFile.openExisting(file, Surroundings.real().random());
        // A new file in the place of one that got lost would seal what the lost one can't open.
        if (keys.isMissing()) {
            throw new IOException("there is no " + file + "; a node makes it when it first starts");
        }
        return keys;
    }

    private static int list(CommandLine line) throws IOException {
        var out = line.getOut();
        out.printf("%-30s %-9s %8s  %s%n", "KEY", "STATE", "VERSIONS", "NEWEST");
        for (var key : open(line).describe()) {
            out.printf(
                    "%-30s %-9s %8d  %s%n",
                    key.id(), key.enabled() ? "enabled" : "disabled", key.versions(), key.newest());
        }
        return CommandLine.ExitCode.OK;
    }

    private static void add(KeyFile keys, String id) throws IOException {
        if (keys.ids().contains(KeyFile.normalized(id))) {
            throw new IOException(id + " is there already; to get a new version, rotate it");
        }
        keys.create(id);
    }

    private static int change(CommandLine line, Change change) throws IOException {
        var keys = open(line);
        var id = line.getParseResult().matchedPositionalValue(0, "");
        try {
            change.apply(keys, id);
        } catch (RefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
        keys.describe().stream()
                .filter(key -> key.id().equals(KeyFile.normalized(id)))
                .forEach(key ->
                        line.getOut()
                                .println(
                                        "%s is sealed with version %s now, the newest of %d"
                                                .formatted(
                                                        key.id(), key.newest(), key.versions())));
        return CommandLine.ExitCode.OK;
    }
}
