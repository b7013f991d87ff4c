package io.headrace.client;

import java.time.Duration;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** Clients of the AWS SDK, with its own defaults wherever it has good ones. */
final class AwsConnector implements Connector {
    private static final int CONNECTIONS_MAX = 1_000;

    @Override
    public KinesisClient blocking(EndpointOptions options) {
        return KinesisClient.builder()
                .endpointOverride(options.endpoint())
                .region(options.region())
                .credentialsProvider(options.credentials())
                // A tail holds one connection a shard; the default of 50 would starve the rest.
                .httpClientBuilder(
                        Apache5HttpClient.builder()
                                .maxConnections(CONNECTIONS_MAX)
                                .connectionTimeout(Duration.ofSeconds(5)))
                .build();
    }

    @Override
    public KinesisAsyncClient pushed(EndpointOptions options) {
        return KinesisAsyncClient.builder()
                .endpointOverride(options.endpoint())
                .region(options.region())
                .credentialsProvider(options.credentials())
                .httpClientBuilder(
                        NettyNioAsyncHttpClient.builder()
                                .protocol(Protocol.HTTP2)
                                .maxConcurrency(CONNECTIONS_MAX)
                                .connectionTimeout(Duration.ofSeconds(5)))
                .build();
    }
}
