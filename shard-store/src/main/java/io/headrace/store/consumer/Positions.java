package io.headrace.store.consumer;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.shard.Shards;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Start positions as indexes. */
final class Positions {
    private Positions() {}

    static long resolve(Shards shards, ShardKey shard, StartPosition position)
            throws InterruptedException {
        return switch (position) {
            case StartPosition.TrimHorizon() -> await(shards.bounds(shard)).firstIndex();
            case StartPosition.Latest() -> await(shards.bounds(shard)).nextIndex();
            case StartPosition.AtTime(long arrivalMs) -> await(shards.indexAt(shard, arrivalMs));
        };
    }

    static <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw new RefusedException(refused.code(), String.valueOf(refused.getMessage()), e);
            }
            throw new RefusedException(ErrorCode.INTERNAL_FAILURE, "a shard can't be read", e);
        }
    }
}
