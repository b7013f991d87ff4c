package io.headrace.client;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** Where the commands get their clients; the caller closes what it gets. */
public interface Connector {
    /** A client that blocks, over HTTP/1.1. */
    KinesisClient blocking(EndpointOptions options);

    /** A client that gets pushed to, over HTTP/2: for SubscribeToShard. */
    KinesisAsyncClient pushed(EndpointOptions options);

    static Connector aws() {
        return new AwsConnector();
    }
}
