package io.headrace.acceptance.clients;

import software.amazon.awssdk.services.kinesis.KinesisClient;

/** What an earlier run may have left on an endpoint that was there before this one. */
final class Leftovers {
    /** How many operations the service model of 2013-12-02 has in the SDK in use. */
    static final int OPERATIONS = 39;

    private Leftovers() {}

    static void delete(KinesisClient client, String prefix) {
        client.listStreams(r -> r.limit(1000)).streamNames().stream()
                .filter(name -> name.startsWith(prefix + "-"))
                .forEach(name ->
                        client.deleteStream(r -> r.streamName(name).enforceConsumerDeletion(true)));
    }
}
