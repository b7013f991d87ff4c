package io.headrace.client.bench;

import io.headrace.client.EndpointOptions;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Makes the head of a signed request: the SDK signs, so that the endpoint sees what clients send.
 */
final class RequestSigner {
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final AwsCredentialsIdentity identity;
    private final URI endpoint;
    private final String region;

    RequestSigner(EndpointOptions options) {
        identity = options.credentials().resolveCredentials();
        endpoint = options.endpoint();
        region = options.region().id();
    }

    URI endpoint() {
        return endpoint;
    }

    byte[] head(Wire wire, String operation, byte[] body) {
        var request =
                SdkHttpRequest.builder()
                        .method(SdkHttpMethod.POST)
                        .uri(endpoint)
                        .encodedPath("/")
                        .putHeader("Content-Type", wire.contentType())
                        .putHeader("X-Amz-Target", "Kinesis_20131202." + operation)
                        .build();
        var signed =
                signer.sign(wish ->
                        wish.identity(identity)
                                .request(request)
                                .payload(() -> new ByteArrayInputStream(body))
                                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "kinesis")
                                .putProperty(AwsV4HttpSigner.REGION_NAME, region));
        var head = new StringBuilder("POST / HTTP/1.1\r\n");
        signed.request()
                .forEachHeader((name, values) ->
                        head.append(name)
                                .append(": ")
                                .append(String.join(",", values))
                                .append("\r\n"));
        if (signed.request().firstMatchingHeader("Content-Length").isEmpty()) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
