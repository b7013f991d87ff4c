package io.headrace.acceptance.clients;

import java.net.URI;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** The SDK's clients as a user builds them: nothing set but where to go and who asks. */
public final class TestClients {
    private static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

    private TestClients() {}

    public static KinesisClient blocking(URI endpoint, ExecutionInterceptor... interceptors) {
        return KinesisClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS)
                .overrideConfiguration(
                        c -> List.of(interceptors).forEach(c::addExecutionInterceptor))
                .build();
    }

    public static KinesisAsyncClient asynchronous(
            URI endpoint, ExecutionInterceptor... interceptors) {
        return KinesisAsyncClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS)
                .overrideConfiguration(
                        c -> List.of(interceptors).forEach(c::addExecutionInterceptor))
                .build();
    }
}
