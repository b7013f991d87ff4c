package io.headrace.node.command;

import io.headrace.node.admin.AdminClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;

/** Which running node a command asks, and as whom. */
final class NodeOptions {
    private static final String ENDPOINT = "--endpoint";
    private static final String REGION = "--region";
    private static final String LOCAL = "http://127.0.0.1:4566";

    private NodeOptions() {}

    static void addTo(CommandSpec spec) {
        spec.addOption(
                OptionSpec.builder(ENDPOINT)
                        .paramLabel("URL")
                        .type(String.class)
                        .description(
                                "The node to ask (default: AWS_ENDPOINT_URL_KINESIS,"
                                        + " AWS_ENDPOINT_URL, "
                                        + LOCAL
                                        + ").")
                        .build());
        spec.addOption(
                OptionSpec.builder(REGION)
                        .paramLabel("NAME")
                        .type(String.class)
                        .description(
                                "Region to sign for (default: AWS_REGION, AWS_DEFAULT_REGION,"
                                        + " us-east-1).")
                        .build());
    }

    static AdminClient client(ParseResult parsed, Map<String, String> environment) {
        var endpoint =
                first(
                        parsed.matchedOptionValue(ENDPOINT, ""),
                        environment.get("AWS_ENDPOINT_URL_KINESIS"),
                        environment.get("AWS_ENDPOINT_URL"),
                        LOCAL);
        var region =
                first(
                        parsed.matchedOptionValue(REGION, ""),
                        environment.get("AWS_REGION"),
                        environment.get("AWS_DEFAULT_REGION"),
                        "us-east-1");
        return new AdminClient(URI.create(endpoint), region, credentials(environment).map(c -> c));
    }

    /** The AWS environment's; a node without credentials takes calls without a signature. */
    private static Optional<AwsCredentials> credentials(Map<String, String> environment) {
        boolean any =
                environment.containsKey("AWS_ACCESS_KEY_ID")
                        || environment.containsKey("AWS_PROFILE")
                        || Files.exists(
                                Path.of(System.getProperty("user.home"), ".aws", "credentials"));
        if (!any) {
            return Optional.empty();
        }
        return Optional.of(
                AwsCredentialsProviderChain.of(
                                EnvironmentVariableCredentialsProvider.create(),
                                ProfileCredentialsProvider.create())
                        .resolveCredentials());
    }

    private static String first(@Nullable String... candidates) {
        for (var candidate : candidates) {
            if (candidate != null && !candidate.isBlank()) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("no candidate");
    }
}
