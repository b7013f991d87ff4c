package io.headrace.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Which endpoint a command talks to, and as whom: options first, then the AWS environment, then
 * what a node on this machine takes.
 */
public final class EndpointOptions {
    private static final URI LOCAL = URI.create("http://127.0.0.1:4566");
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description =
                    "Endpoint to talk to (default: AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL,"
                            + " http://127.0.0.1:4566).")
    private @Nullable URI endpoint;

    @Option(
            names = "--region",
            paramLabel = "NAME",
            description =
                    "Region to sign for (default: the AWS environment's, us-east-1 on loopback).")
    private @Nullable String region;

    public EndpointOptions() {}

    /** Options as if given on the command line. */
    public EndpointOptions(URI endpoint) {
        this.endpoint = endpoint;
    }

    public URI endpoint() {
        return Optional.ofNullable(endpoint)
                .map(EndpointOptions::checked)
                .or(() -> ofEnvironment("AWS_ENDPOINT_URL_KINESIS"))
                .or(() -> ofEnvironment("AWS_ENDPOINT_URL"))
                .orElse(LOCAL);
    }

    private static Optional<URI> ofEnvironment(String name) {
        return environment(name)
                .map(text -> {
                    try {
                        return checked(new URI(text));
                    } catch (URISyntaxException e) {
                        throw CommandFailure.usage(name + " is no URL: " + text);
                    }
                });
    }

    private static URI checked(URI uri) {
        if (uri.getHost() == null || !String.valueOf(uri.getScheme()).matches("https?")) {
            throw CommandFailure.usage(
                    "not an endpoint: " + uri + " (http://HOST:PORT or https://HOST:PORT)");
        }
        return uri;
    }

    public Region region() {
        return Optional.ofNullable(region)
                .or(() -> environment("AWS_REGION"))
                .or(() -> environment("AWS_DEFAULT_REGION"))
                .map(Region::of)
                .orElseGet(() ->
                        isLoopback()
                                ? Region.US_EAST_1
                                : new DefaultAwsRegionProviderChain().getRegion());
    }

    /** The AWS environment's credentials; {@code test}/{@code test} on loopback if it has none. */
    public AwsCredentialsProvider credentials() {
        if (isLoopback() && !environmentHasCredentials()) {
            return StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
        }
        return DefaultCredentialsProvider.builder().build();
    }

    private boolean isLoopback() {
        var host = endpoint().getHost();
        return host != null && LOOPBACK.contains(host);
    }

    // The SDK's own search ends at a metadata service, which takes seconds to be found missing.
    private static boolean environmentHasCredentials() {
        return environment("AWS_ACCESS_KEY_ID").isPresent()
                || environment("AWS_PROFILE").isPresent()
                || environment("AWS_WEB_IDENTITY_TOKEN_FILE").isPresent()
                || System.getProperty("aws.accessKeyId") != null
                || Files.exists(Path.of(System.getProperty("user.home"), ".aws", "credentials"));
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }
}
