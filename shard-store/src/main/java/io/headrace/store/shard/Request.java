package io.headrace.store.shard;

import io.headrace.store.RefusedException;
import io.headrace.store.record.RecordBatch;
import java.util.concurrent.CompletableFuture;

/** What waits for the committer, in the order it came. */
sealed interface Request {
    ShardLog log();

    /** Answers that nothing of it will be stored, and gives its room back. Any thread. */
    void refuse(RefusedException refusal, RequestQueue queue);

    /** Records for a shard. */
    record Append(ShardLog log, RecordBatch batch, CompletableFuture<AppendResult> answer)
            implements Request {
        Append(ShardLog log, RecordBatch batch) {
            this(log, batch, new CompletableFuture<>());
        }

        @Override
        public void refuse(RefusedException refusal, RequestQueue queue) {
            queue.giveBack(batch.length());
            answer.completeExceptionally(refusal);
        }
    }

    /** Comes out once everything before it is settled; {@code settled} only hands over. */
    record End(ShardLog log, Runnable settled) implements Request {
        @Override
        public void refuse(RefusedException refusal, RequestQueue queue) {
            settled.run();
        }
    }
}
