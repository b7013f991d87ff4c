package io.headrace.acceptance.errors;

import io.headrace.testkit.HeadraceNode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** A node that errors are provoked on, and one who may do everything there. One thread. */
record Scene(HeadraceNode node, Caller root, AtomicInteger made) implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    static Scene of(HeadraceNode node, String rootKeyId) {
        return new Scene(node, Caller.of(node.endpoint(), rootKeyId, true), new AtomicInteger());
    }

    /** What is to be refused, by a caller whose bodies are CBOR or JSON. */
    @FunctionalInterface
    interface Attempt {
        void by(Caller caller, Scene scene) throws Exception;
    }

    /** One more step of something that takes until a node has noticed, or has had enough. */
    @FunctionalInterface
    interface Step {
        void take() throws Exception;
    }

    String newName() {
        return "errors-" + made.incrementAndGet();
    }

    Target newStream() throws Exception {
        return newStream(1);
    }

    /** A stream of this scene's own; where streams settle at once, it is ACTIVE. */
    Target newStream(int shards) throws Exception {
        var name = newName();
        patiently(() -> root.client().createStream(r -> r.streamName(name).shardCount(shards)));
        return Target.stream(name);
    }

    Target newOnDemandStream() throws Exception {
        var name = newName();
        patiently(() -> root.client().createStream(r -> r.streamName(name)));
        return Target.stream(name);
    }

    Target withIterator(Target stream) throws Exception {
        var made = new String[1];
        patiently(() ->
                made[0] =
                        root.client()
                                .getShardIterator(r ->
                                        r.streamName(stream.name())
                                                .shardId(Calls.SHARD)
                                                .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                                .shardIterator());
        return stream.withIterator(made[0]);
    }

    Target withConsumer(Target stream, String name) throws Exception {
        var made = new String[1];
        patiently(() ->
                made[0] =
                        root.client()
                                .registerStreamConsumer(
                                        r -> r.streamARN(stream.arn()).consumerName(name))
                                .consumer()
                                .consumerARN());
        var status = new ConsumerStatus[1];
        while (status[0] != ConsumerStatus.ACTIVE) {
            patiently(() ->
                    status[0] =
                            root.client()
                                    .describeStreamConsumer(r -> r.consumerARN(made[0]))
                                    .consumerDescription()
                                    .consumerStatus());
        }
        return stream.withConsumer(made[0]);
    }

    /** Again while there are too many calls a second: of what prepares, not of what is tested. */
    static void patiently(Step step) throws Exception {
        for (int i = 0; ; i++) {
            try {
                step.take();
                return;
            } catch (KinesisException e) {
                if (i == 300 || !String.valueOf(e.getMessage()).contains("Rate exceeded")) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    /** Again until it is refused at all. */
    static void untilRefused(Step step) throws Exception {
        for (int i = 0; i < 20_000; i++) {
            step.take();
        }
    }

    /** Again until it is refused like this; what else happens meanwhile does not matter. */
    static void untilRefused(String error, Step step) throws Exception {
        var start = System.nanoTime();
        while (System.nanoTime() - start < TIMEOUT.toNanos()) {
            try {
                step.take();
            } catch (KinesisException e) {
                if (e.awsErrorDetails() != null && error.equals(e.awsErrorDetails().errorCode())) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        root.close();
        node.close();
    }
}
