package io.headrace.client.tail;

import io.headrace.client.CommandFailure;
import io.headrace.client.Pause;
import java.time.Duration;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerDescription;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/** A registered consumer that was there, or that was made and is taken away again at the end. */
record Consumer(String arn, boolean made) {
    private static final int STEPS_MAX = 300;
    private static final Duration STEP = Duration.ofMillis(100);

    static Consumer ready(KinesisClient client, String stream, String name, Pause pause)
            throws InterruptedException {
        var streamArn =
                client.describeStreamSummary(request -> request.streamName(stream))
                        .streamDescriptionSummary()
                        .streamARN();
        boolean made = false;
        for (int step = 0; step < STEPS_MAX; step++) {
            try {
                var found = describe(client, streamArn, name);
                if (found.consumerStatus() == ConsumerStatus.ACTIVE) {
                    return new Consumer(found.consumerARN(), made);
                }
                pause.sleep(STEP);
            } catch (ResourceNotFoundException e) {
                client.registerStreamConsumer(r -> r.streamARN(streamArn).consumerName(name));
                made = true;
            }
        }
        throw CommandFailure.timedOut("consumer " + name + " does not become ACTIVE");
    }

    private static ConsumerDescription describe(
            KinesisClient client, String streamArn, String name) {
        return client.describeStreamConsumer(r -> r.streamARN(streamArn).consumerName(name))
                .consumerDescription();
    }

    void release(KinesisClient client) {
        if (made) {
            client.deregisterStreamConsumer(request -> request.consumerARN(arn));
        }
    }
}
