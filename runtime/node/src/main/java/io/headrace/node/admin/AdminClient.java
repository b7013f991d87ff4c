package io.headrace.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Asks a node what only its operator may ask. Any thread; blocks. */
public final class AdminClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONTENT_TYPE = "application/x-amz-json-1.1";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Taking a snapshot links every file. */
    private static final Duration CALL_TIMEOUT = Duration.ofMinutes(5);

    private final URI endpoint;
    private final String region;
    private final Optional<AwsCredentialsIdentity> credentials;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();

    /** What the node answered instead. */
    public static final class RefusalException extends IOException {
        RefusalException(String message) {
            super(message);
        }
    }

    /**
     * A client of one node.
     *
     * @param credentials empty for a node on loopback that has none configured
     */
    public AdminClient(URI endpoint, String region, Optional<AwsCredentialsIdentity> credentials) {
        this.endpoint = endpoint.resolve("/");
        this.region = region;
        this.credentials = credentials;
    }

    static ObjectNode request() {
        return JSON.createObjectNode();
    }

    /**
     * Calls one operation.
     *
     * @throws RefusalException if the node answered with an error
     */
    public JsonNode call(String operation, ObjectNode request)
            throws IOException, InterruptedException {
        var body = JSON.writeValueAsBytes(request);
        var builder = HttpRequest.newBuilder(endpoint).timeout(CALL_TIMEOUT);
        signed(operation, body)
                .forEachHeader((name, values) -> {
                    // The client sends these itself.
                    if (!name.equalsIgnoreCase("host")
                            && !name.equalsIgnoreCase("content-length")) {
                        values.forEach(value -> builder.header(name, value));
                    }
                });
        var answer = send(builder.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build());
        if (answer.statusCode() != 200) {
            throw new RefusalException(refusal(answer.statusCode(), answer.body()));
        }
        return JSON.readTree(answer.body());
    }

    private HttpResponse<byte[]> send(HttpRequest request)
            throws IOException, InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofByteArray());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            // The JDK's own has no message.
            var unreachable = new ConnectException("no node answers at " + endpoint);
            unreachable.initCause(e);
            throw unreachable;
        }
    }

    private SdkHttpRequest signed(String operation, byte[] body) {
        var request =
                SdkHttpRequest.builder()
                        .method(SdkHttpMethod.POST)
                        .uri(endpoint)
                        .putHeader("Content-Type", CONTENT_TYPE)
                        .putHeader("X-Amz-Target", AdminService.TARGET_PREFIX + "." + operation)
                        .build();
        return credentials
                .<SdkHttpRequest>map(identity ->
                        AwsV4HttpSigner.create()
                                .sign(signing ->
                                        signing.identity(identity)
                                                .request(request)
                                                .payload(ContentStreamProvider.fromByteArray(body))
                                                .putProperty(
                                                        AwsV4HttpSigner.SERVICE_SIGNING_NAME,
                                                        "kinesis")
                                                .putProperty(AwsV4HttpSigner.REGION_NAME, region))
                                .request())
                .orElse(request);
    }

    private static String refusal(int status, byte[] body) {
        try {
            var error = JSON.readTree(body);
            var type = error.path("__type").asText();
            var message = error.path("message").asText(error.path("Message").asText());
            return type + ": " + message;
        } catch (IOException e) {
            return "the node answered " + status;
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
