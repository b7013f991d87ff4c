package io.headrace.acceptance.errors;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEventStream;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/** The SDK's two clients, which try nothing twice and whose refusals are seen as they came. */
record Caller(KinesisClient client, KinesisAsyncClient asynchronous, RefusalWatch watch)
        implements AutoCloseable {
    /** What the SDK looks at when a client is built: without it, bodies are JSON. */
    private static final String CBOR = "aws.cborEnabled";

    static Caller of(URI endpoint, String keyId, boolean cbor) {
        System.setProperty(CBOR, Boolean.toString(cbor));
        try {
            var watch = new RefusalWatch();
            var credentials =
                    StaticCredentialsProvider.create(
                            AwsBasicCredentials.create(keyId, "secret-of-" + keyId));
            var configuration =
                    ClientOverrideConfiguration.builder()
                            .retryStrategy(AwsRetryStrategy.doNotRetry())
                            .addExecutionInterceptor(watch)
                            .build();
            var blocking =
                    KinesisClient.builder()
                            .endpointOverride(endpoint)
                            .region(Region.US_EAST_1)
                            .credentialsProvider(credentials)
                            .overrideConfiguration(configuration)
                            .build();
            var asynchronous =
                    KinesisAsyncClient.builder()
                            .endpointOverride(endpoint)
                            .region(Region.US_EAST_1)
                            .credentialsProvider(credentials)
                            .overrideConfiguration(configuration)
                            .build();
            return new Caller(blocking, asynchronous, watch);
        } finally {
            System.clearProperty(CBOR);
        }
    }

    /** A subscription: it runs until it is cancelled, and has its first event or its refusal. */
    record Subscription(
            CompletableFuture<Void> running, CompletableFuture<SubscribeToShardEventStream> first)
            implements AutoCloseable {
        void awaitFirst() {
            try {
                first.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }

        @Override
        public void close() {
            running.cancel(true);
        }
    }

    Subscription open(String consumerArn, ShardIteratorType type, @Nullable String sequenceNumber) {
        var request =
                SubscribeToShardRequest.builder()
                        .consumerARN(consumerArn)
                        .shardId(Calls.SHARD)
                        .startingPosition(p -> p.type(type).sequenceNumber(sequenceNumber))
                        .build();
        var first = new CompletableFuture<SubscribeToShardEventStream>();
        var handler =
                SubscribeToShardResponseHandler.builder()
                        .subscriber(event -> first.complete(event))
                        .build();
        var running = asynchronous.subscribeToShard(request, handler);
        var _ =
                running.whenComplete((_, failure) -> {
                    if (failure != null) {
                        first.completeExceptionally(failure);
                    }
                });
        return new Subscription(running, first);
    }

    /** Subscribes, and returns after the first event of the stream. */
    void subscribe(String consumerArn, ShardIteratorType type, @Nullable String sequenceNumber) {
        try (var subscription = open(consumerArn, type, sequenceNumber)) {
            subscription.awaitFirst();
        }
    }

    @Override
    public void close() {
        client.close();
        asynchronous.close();
    }
}
