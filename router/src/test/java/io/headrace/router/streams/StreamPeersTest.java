package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.stream.ShardLoad;
import io.headrace.store.stream.ShardSpend;
import io.headrace.store.stream.StreamPeers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes that serve the same stream with the quotas of AWS. */
class StreamPeersTest {
    private static final String LATEST = "{'Type':'LATEST'}";

    private final Link toThere = new Link(true);
    private final Link toHere = new Link(false);
    private final DataPlane here = DataPlane.beside(toThere).stream("s", 1);
    private final DataPlane there = DataPlane.beside(toHere).stream("s", 1);
    private String consumer = "";

    /** Brings one node's words to the other, at once or when it is let. */
    private static final class Link implements StreamPeers {
        private final boolean isFirst;
        private final List<Runnable> held = new ArrayList<>();
        private boolean isHeld;
        private @Nullable Listener own;
        private @Nullable Link other;

        Link(boolean isFirst) {
            this.isFirst = isFirst;
        }

        private Listener receiver() {
            return Objects.requireNonNull(Objects.requireNonNull(other).own);
        }

        void deliver() {
            isHeld = false;
            held.forEach(Runnable::run);
        }

        @Override
        public void listen(Listener listener) {
            own = listener;
        }

        @Override
        public void spent(List<ShardSpend> spends) {
            receiver().spent(spends);
        }

        @Override
        public void loaded(List<ShardLoad> loads) {
            receiver().loaded(loads);
        }

        @Override
        public CompletableFuture<Void> claim(String consumerArn, ShardKey shard) {
            var answer = new CompletableFuture<Void>();
            Runnable ask =
                    () -> {
                        try {
                            receiver().claimed(consumerArn, shard, isFirst);
                            answer.complete(null);
                        } catch (RefusedException e) {
                            answer.completeExceptionally(e);
                        }
                    };
            if (isHeld) {
                held.add(ask);
            } else {
                ask.run();
            }
            return answer;
        }
    }

    @BeforeEach
    void connect() {
        toThere.other = toHere;
        toHere.other = toThere;
        consumer = here.consumer("s", "c");
        assertThat(there.consumer("s", "c")).isEqualTo(consumer);
        assertThat(there.shard("s", 0)).isEqualTo(here.shard("s", 0));
    }

    private void pass(Duration time) {
        here.nanos += time.toNanos();
        there.nanos += time.toNanos();
    }

    @Test
    void whatIsWrittenThroughOneNodeIsNoLongerThereForTheOther() {
        for (int i = 0; i < 900; i++) {
            here.put("s", "k", "x");
        }
        here.quotas.tell(toThere);
        for (int i = 0; i < 100; i++) {
            there.put("s", "k", "x");
        }
        assertThat(there.outcome("PutRecord", put())).startsWith("Provisioned");
        there.quotas.tell(toHere);
        assertThat(here.outcome("PutRecord", put())).startsWith("Provisioned");

        pass(Duration.ofMillis(1));
        assertThat(there.outcome("PutRecord", put())).isEqualTo("answered");
        // Told once: what was told before is not told again.
        here.quotas.tell(toThere);
        pass(Duration.ofMillis(1));
        assertThat(there.outcome("PutRecord", put())).isEqualTo("answered");
    }

    private static String put() {
        return "{'StreamName':'s','PartitionKey':'k','Data':'eA=='}";
    }

    @Test
    void readsCountEverywhereToo() {
        for (int i = 0; i < 5; i++) {
            here.call("GetShardIterator", iterator());
        }
        assertThat(there.outcome("GetShardIterator", iterator())).isEqualTo("answered");
        here.quotas.tell(toThere);
        assertThat(there.outcome("GetShardIterator", iterator())).startsWith("Provisioned");
    }

    private static String iterator() {
        return "{'StreamName':'s','ShardId':'shardId-000000000000','ShardIteratorType':'LATEST'}";
    }

    @Test
    void aSubscriptionEndsWhenTheConsumerSubscribesAtAnotherNode() {
        var first = here.subscribe(consumer, "0", LATEST);
        pass(Duration.ofMillis(4_999));
        var early = there.subscribe(consumer, "0", LATEST);
        assertThat(Objects.requireNonNull(early.refused).type())
                .isEqualTo("ResourceInUseException");
        assertThat(first.isOver()).isFalse();

        pass(Duration.ofSeconds(1));
        var second = there.subscribe(consumer, "0", LATEST);
        first.run();
        assertThat(second.refused).isNull();
        assertThat(Objects.requireNonNull(first.refused).type())
                .isEqualTo("ResourceInUseException");
        there.put("s", "k", "a");
        second.run();
        assertThat(DataPlane.data(second.take().getLast())).containsExactly("a");
    }

    @Test
    void ofTwoAtTheSameTimeOneIsAdmitted() {
        toThere.isHeld = true;
        toHere.isHeld = true;
        var one = here.subscribe(consumer, "0", LATEST);
        var other = there.subscribe(consumer, "0", LATEST);
        toHere.deliver();
        toThere.deliver();
        one.run();
        other.run();
        assertThat(one.refused).isNull();
        assertThat(one.events).isNotEmpty();
        assertThat(Objects.requireNonNull(other.refused).type())
                .isEqualTo("ResourceInUseException");
    }
}
