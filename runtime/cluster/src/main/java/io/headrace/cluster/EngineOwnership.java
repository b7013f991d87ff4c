package io.headrace.cluster;

import io.headrace.store.ShardKey;
import io.headrace.store.shard.ShardEngine;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The shards of a store that is shared. */
public record EngineOwnership(ShardEngine engine) implements Ownership {
    @Override
    public CompletableFuture<Void> release(ShardKey shard) {
        return engine.releaseNow(shard);
    }

    @Override
    public CompletableFuture<Void> prepareRelease(ShardKey shard) {
        return engine.prepareRelease(shard);
    }

    @Override
    public CompletableFuture<Void> prepareRelease() {
        return engine.prepareRelease();
    }

    @Override
    public List<Owned> owned() {
        return engine.owned().stream()
                .map(owned ->
                        new Owned(
                                owned.shard(),
                                owned.epoch(),
                                owned.nextIndex(),
                                owned.lastArrivalMs(),
                                owned.journaledBytes()))
                .toList();
    }

    @Override
    public String journalId() {
        return engine.journalPoint().journalId();
    }
}
