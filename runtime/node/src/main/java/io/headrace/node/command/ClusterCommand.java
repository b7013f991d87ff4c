package io.headrace.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code headrace cluster}: looks at a running cluster and moves its shards. */
final class ClusterCommand {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_OPTION = "--json";

    private ClusterCommand() {}

    static CommandSpec spec() {
        var spec = Operator.group("Looks at a running cluster and moves its shards.");
        spec.addSubcommand("status", status());
        spec.addSubcommand("shards", shards());
        spec.addSubcommand("drain", drain());
        spec.addSubcommand("rebalance", rebalance());
        return spec;
    }

    private static CommandSpec status() {
        return finished(
                Operator.command(
                        "Prints the nodes: state, shards owned, address.",
                        line -> print(line, ClusterCommand::printNodes)));
    }

    private static CommandSpec shards() {
        return finished(
                Operator.command(
                        "Prints each owned shard with its owner, epoch and next index.",
                        line -> print(line, ClusterCommand::printShards)));
    }

    private static CommandSpec drain() {
        var spec =
                Operator.command(
                        "Has a node give all its shards to the others; it may be stopped then.",
                        line -> {
                            String node = line.getParseResult().matchedPositionalValue(0, "");
                            var request = JSON.createObjectNode().put("Node", node);
                            var answer = call(line, "DrainNode", request);
                            line.getOut()
                                    .println(
                                            "%s gave away %d shards"
                                                    .formatted(
                                                            node, answer.path("Shards").asInt()));
                            return CommandLine.ExitCode.OK;
                        });
        spec.addPositional(
                PositionalParamSpec.builder()
                        .index("0")
                        .arity("1")
                        .required(true)
                        .paramLabel("NODE")
                        .type(String.class)
                        .description("Name of the node.")
                        .build());
        return finished(spec);
    }

    private static CommandSpec rebalance() {
        return finished(
                Operator.command(
                        "Has every node give away what others should own.",
                        line -> {
                            var answer = call(line, "RebalanceCluster", JSON.createObjectNode());
                            line.getOut()
                                    .println(answer.path("Shards").asInt() + " shards were moved");
                            return CommandLine.ExitCode.OK;
                        }));
    }

    /** How a status is shown. */
    @FunctionalInterface
    private interface Form {
        void print(CommandLine line, JsonNode nodes);
    }

    private static int print(CommandLine line, Form form) throws IOException, InterruptedException {
        var status = call(line, "GetCluster", JSON.createObjectNode()).path("Cluster");
        if (line.getParseResult().hasMatchedOption(JSON_OPTION)) {
            line.getOut().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(status));
        } else {
            form.print(line, status.path("nodes"));
        }
        return CommandLine.ExitCode.OK;
    }

    private static void printNodes(CommandLine line, JsonNode nodes) {
        for (var node : nodes) {
            line.getOut()
                    .println(
                            "%-24s %-9s %6d shards  %s%s"
                                    .formatted(
                                            node.path("name").asText(),
                                            node.path("state").asText(),
                                            node.path("shards").size(),
                                            node.path("addresses").path("http").asText(),
                                            node.path("isAnswering").asBoolean(true)
                                                    ? ""
                                                    : "  does not answer"));
        }
    }

    private static void printShards(CommandLine line, JsonNode nodes) {
        for (var node : nodes) {
            for (var shard : node.path("shards")) {
                line.getOut()
                        .println(
                                "%-28s %-24s epoch %d, next %d"
                                        .formatted(
                                                shard.path("shard").asText(),
                                                node.path("name").asText(),
                                                shard.path("epoch").asLong(),
                                                shard.path("nextIndex").asLong()));
            }
        }
    }

    private static JsonNode call(CommandLine line, String operation, ObjectNode request)
            throws IOException, InterruptedException {
        try (var node = NodeOptions.client(line.getParseResult(), System.getenv())) {
            return node.call(operation, request);
        }
    }

    private static CommandSpec finished(CommandSpec spec) {
        NodeOptions.addTo(spec);
        spec.addOption(OptionSpec.builder(JSON_OPTION).description("Prints JSON.").build());
        return spec;
    }
}
