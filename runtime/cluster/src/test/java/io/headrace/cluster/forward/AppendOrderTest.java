package io.headrace.cluster.forward;

import static io.headrace.cluster.TestCluster.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.cluster.Batches;
import io.headrace.cluster.wire.Message;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.shard.AppendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The owner's side: in order, once, and never from memory it does not have. */
class AppendOrderTest {
    private static final UUID SENDER = new UUID(0, 1);
    private static final ShardKey SHARD = new ShardKey(7, 0);

    private final AppendOrder order = new AppendOrder(2);
    private final List<CompletableFuture<AppendResult>> stored = new ArrayList<>();

    @Test
    void aRepeatedNumberGetsTheFirstAnswerAlsoWhileThatIsOutstanding() {
        var first = take(SHARD, 1, 0, 0);
        var again = take(SHARD, 1, 0, 0);
        assertThat(stored).hasSize(1);
        stored.getFirst().complete(new AppendResult.Committed(5, 6));
        assertThat(first).isCompletedWithValue(new AppendResult.Committed(5, 6));
        assertThat(again).isCompletedWithValue(new AppendResult.Committed(5, 6));
        assertThat(take(SHARD, 1, 0, 0)).isCompletedWithValue(new AppendResult.Committed(5, 6));
        assertThat(stored).hasSize(1);
    }

    @Test
    void oneThatComesTooEarlyIsRefusedAndSoIsWhatFollowsInItsCount() {
        var _ = take(SHARD, 1, 0, 0);
        assertThat(code(take(SHARD, 1, 2, 0))).isEqualTo(ErrorCode.NOT_OWNER);
        assertThat(code(take(SHARD, 1, 1, 0))).isEqualTo(ErrorCode.NOT_OWNER);
        var _ = take(SHARD, 2, 0, 0);
        assertThat(stored).hasSize(2);
    }

    @Test
    void whatFollowsARefusedOneIsRefused() {
        var _ = take(SHARD, 1, 0, 0);
        stored.getFirst().completeExceptionally(new RefusedException(ErrorCode.NOT_OWNER, "no"));
        assertThat(code(take(SHARD, 1, 1, 0))).isEqualTo(ErrorCode.NOT_OWNER);
        assertThat(stored).hasSize(1);
    }

    @Test
    void aFullStoreHoldsUpNobodyBehind() {
        var _ = take(SHARD, 1, 0, 0);
        stored.getFirst().completeExceptionally(new RefusedException(ErrorCode.STORE_FULL, "no"));
        var _ = take(SHARD, 1, 1, 0);
        assertThat(stored).hasSize(2);
    }

    /** It came back, was sent again under a new number and stored; now the first one arrives. */
    @Test
    void anOldCountIsOver() {
        var _ = take(SHARD, 1, 0, 0);
        var _ = take(SHARD, 2, 0, 0);
        assertThat(code(take(SHARD, 1, 1, 0))).isEqualTo(ErrorCode.NOT_OWNER);
        assertThat(stored).hasSize(2);
    }

    @Test
    void whatFellOutOfMemoryIsUnknownAndNotStoredAgain() {
        var _ = take(SHARD, 1, 0, 0);
        var _ = take(new ShardKey(7, 1), 2, 0, 0);
        var _ = take(new ShardKey(7, 2), 3, 0, 0);
        assertThat(code(take(SHARD, 1, 0, 0))).isEqualTo(ErrorCode.INTERNAL_FAILURE);
        assertThat(stored).hasSize(3);
        var _ = take(SHARD, 4, 0, 0);
        assertThat(stored).hasSize(4);
    }

    @Test
    void answersThatTheSenderHasAreForgotten() {
        var _ = take(SHARD, 1, 0, 0);
        var _ = take(SHARD, 1, 1, 1);
        assertThat(code(take(SHARD, 1, 0, 0))).isEqualTo(ErrorCode.INTERNAL_FAILURE);
        assertThat(stored).hasSize(2);
    }

    private CompletableFuture<AppendResult> take(
            ShardKey shard, long generation, long sequence, long settledBelow) {
        return order.take(
                SENDER,
                new Message.Append(shard, generation, sequence, settledBelow, Batches.of("a")),
                () -> {
                    stored.add(new CompletableFuture<>());
                    return stored.getLast();
                });
    }

    private static ErrorCode code(CompletableFuture<AppendResult> answer) {
        assertThat(answer).isDone();
        return causeOf(answer) instanceof RefusedException refused
                ? refused.code()
                : ErrorCode.VALIDATION;
    }
}
