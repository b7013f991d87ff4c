package io.headrace.client.tail;

import io.headrace.client.Pause;
import io.headrace.client.stream.StreamView;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** A tail for other commands: a stream's new records, pushed to a consumer of a name. */
public final class Follower {
    private final KinesisClient client;
    private final KinesisAsyncClient pushed;
    private final String stream;
    private final String consumer;
    private final CountDownLatch started = new CountDownLatch(1);

    private Follower(
            KinesisClient client, KinesisAsyncClient pushed, String stream, String consumer) {
        this.client = client;
        this.pushed = pushed;
        this.stream = stream;
        this.consumer = consumer;
    }

    public static Follower pushed(
            KinesisClient client, KinesisAsyncClient pushed, String stream, String consumer) {
        return new Follower(client, pushed, stream, consumer);
    }

    /** Follows until the sink wants no more or the thread is interrupted. */
    public void run(Sink sink) throws InterruptedException {
        var registered = Consumer.ready(client, stream, consumer, Pause.REAL);
        try {
            // From now, not from LATEST: a subscription opens a moment later than it is asked for,
            // and what is put in between belongs to the watched time too.
            var now = new From.At(InstantSource.system().instant());
            started.countDown();
            var reader = new FanOutReader(pushed, registered.arn(), Pause.REAL);
            new StreamTail(reader, () -> StreamView.shards(client, stream), false).run(now, sink);
        } finally {
            registered.release(client);
        }
    }

    /** Returns when what is put from now on will be followed. */
    public void awaitStarted() throws InterruptedException {
        started.await();
    }
}
