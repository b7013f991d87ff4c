package io.headrace.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code headrace consumer}: looks on at checkpointed consumers and sets them back. */
final class ConsumerCommand {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_OPTION = "--json";
    private static final String STREAM = "--stream";
    private static final String SHARD = "--shard";
    private static final String TO = "--to";
    private static final String CREATE = "--create";

    private ConsumerCommand() {}

    static CommandSpec spec() {
        var spec = Operator.group("Lists, measures, resets and deletes checkpointed consumers.");
        spec.addSubcommand("list", list());
        spec.addSubcommand("lag", lag());
        spec.addSubcommand("reset", reset());
        spec.addSubcommand("delete", delete());
        return spec;
    }

    private static CommandSpec list() {
        var spec =
                Operator.command(
                        "Names all consumers.",
                        line -> {
                            var answer = call(line, "ListConsumers", JSON.createObjectNode());
                            if (!printedAsJson(line, answer)) {
                                answer.path("Consumers")
                                        .forEach(name -> line.getOut().println(name.asText()));
                            }
                            return CommandLine.ExitCode.OK;
                        });
        return finished(spec);
    }

    private static CommandSpec lag() {
        var spec =
                Operator.command(
                        "Tells how far a consumer is behind, shard by shard.",
                        line -> {
                            var answer = call(line, "GetConsumerLag", named(line.getParseResult()));
                            if (!printedAsJson(line, answer)) {
                                printLag(line, answer);
                            }
                            return CommandLine.ExitCode.OK;
                        });
        spec.addPositional(consumer());
        return finished(spec);
    }

    private static CommandSpec reset() {
        var spec =
                Operator.command(
                        "Sets a consumer, of which no member may run, to another place in a"
                                + " stream.",
                        ConsumerCommand::reset);
        spec.addPositional(consumer());
        spec.addOption(
                OptionSpec.builder(STREAM)
                        .paramLabel("NAME")
                        .type(String.class)
                        .required(true)
                        .description("The stream it follows.")
                        .build());
        spec.addOption(
                OptionSpec.builder(SHARD)
                        .paramLabel("ID")
                        .type(String[].class)
                        .description("A shard; may be given again. Default: all.")
                        .build());
        spec.addOption(
                OptionSpec.builder(TO)
                        .paramLabel("oldest|newest|TIME")
                        .type(String.class)
                        .required(true)
                        .description(
                                "The oldest record kept, behind the newest, or the first at a time"
                                        + " such as 2026-01-31T12:00:00Z.")
                        .build());
        spec.addOption(
                OptionSpec.builder(CREATE)
                        .description("Also if the consumer has no place in the stream yet.")
                        .build());
        return finished(spec);
    }

    private static CommandSpec delete() {
        var spec =
                Operator.command(
                        "Forgets a consumer of which no member runs.",
                        line -> {
                            var _ = call(line, "DeleteConsumer", named(line.getParseResult()));
                            return CommandLine.ExitCode.OK;
                        });
        spec.addPositional(consumer());
        return finished(spec);
    }

    private static int reset(CommandLine line) throws IOException, InterruptedException {
        var parsed = line.getParseResult();
        var request = named(parsed).put("StreamName", parsed.matchedOptionValue(STREAM, ""));
        var shards = request.putArray("ShardIds");
        for (var shard : parsed.matchedOptionValue(SHARD, new String[0])) {
            shards.add(shard);
        }
        var to = parsed.matchedOptionValue(TO, "");
        switch (to) {
            case "oldest" -> request.put("To", "TRIM_HORIZON");
            case "newest" -> request.put("To", "LATEST");
            default -> request.put("To", "AT_TIMESTAMP").put("TimestampMillis", millis(line, to));
        }
        request.put("Create", parsed.hasMatchedOption(CREATE));
        var answer = call(line, "ResetConsumer", request);
        if (!printedAsJson(line, answer)) {
            line.getOut()
                    .println(
                            "%s %s in %d shards of %s at %s"
                                    .formatted(
                                            answer.path("Created").asBoolean()
                                                    ? "created"
                                                    : "set back",
                                            parsed.matchedPositionalValue(0, ""),
                                            answer.path("Shards").asInt(),
                                            parsed.matchedOptionValue(STREAM, ""),
                                            to));
        }
        return CommandLine.ExitCode.OK;
    }

    private static long millis(CommandLine line, String time) {
        try {
            return Instant.parse(time).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new CommandLine.ParameterException(
                    line, "--to is oldest, newest or a time such as 2026-01-31T12:00:00Z", e);
        }
    }

    private static void printLag(CommandLine line, JsonNode answer) {
        var out = line.getOut();
        out.printf(
                "%-30s %-20s %12s %12s %10s  %s%n",
                "STREAM", "SHARD", "NEXT", "BEHIND", "MS", "OWNER");
        for (var shard : answer.path("Shards")) {
            out.printf(
                    "%-30s %-20s %12d %12d %10d  %s%n",
                    shard.path("StreamName").asText(),
                    shard.path("ShardId").asText(),
                    shard.path("Index").asLong(),
                    shard.path("RecordsBehind").asLong(),
                    shard.path("MillisBehind").asLong(),
                    shard.path("Owner").asText());
        }
        for (var shard : answer.path("DamagedShards")) {
            out.printf(
                    "damaged: %s %s has lost its place and stands still until it is reset%n",
                    shard.path("StreamName").asText(), shard.path("ShardId").asText());
        }
    }

    private static boolean printedAsJson(CommandLine line, JsonNode answer) throws IOException {
        if (!line.getParseResult().hasMatchedOption(JSON_OPTION)) {
            return false;
        }
        line.getOut().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
        return true;
    }

    private static JsonNode call(CommandLine line, String operation, ObjectNode request)
            throws IOException, InterruptedException {
        try (var node = NodeOptions.client(line.getParseResult(), System.getenv())) {
            return node.call(operation, request);
        }
    }

    private static ObjectNode named(ParseResult parsed) {
        return JSON.createObjectNode().put("Consumer", parsed.matchedPositionalValue(0, ""));
    }

    private static PositionalParamSpec consumer() {
        return PositionalParamSpec.builder()
                .index("0")
                .paramLabel("CONSUMER")
                .type(String.class)
                .required(true)
                .description("The consumer's name.")
                .build();
    }

    private static CommandSpec finished(CommandSpec spec) {
        NodeOptions.addTo(spec);
        spec.addOption(OptionSpec.builder(JSON_OPTION).description("Prints JSON.").build());
        return spec;
    }
}
