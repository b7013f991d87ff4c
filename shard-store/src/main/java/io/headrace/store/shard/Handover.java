package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import io.headrace.store.journal.Rule;
import io.headrace.store.journal.Rules;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Lets go of shards in good order: no more is taken in, what is under way settles, then one version
 * of the manifest closes the stretch of our journal, and another process may take over without
 * ending it. Requests that came meanwhile find the new owner. Any thread may call.
 */
final class Handover {
    private final LocalShards shards;
    private final LocalShards.Parts parts;
    private final Maintenance maintenance;
    private final Executor compaction;
    private final Executor executor;

    /**
     * @param compaction runs a few compactions at a time
     * @param executor runs what may block and depends on no other process
     */
    Handover(
            LocalShards shards,
            LocalShards.Parts parts,
            Maintenance maintenance,
            Executor compaction,
            Executor executor) {
        this.shards = shards;
        this.parts = parts;
        this.maintenance = maintenance;
        this.compaction = compaction;
        this.executor = executor;
    }

    /**
     * Puts in segments what is only in the journal, of all that this process owns, so that the next
     * owner has little to read of it. Appends go on meanwhile.
     */
    CompletableFuture<Void> prepare() {
        return CompletableFuture.allOf(
                shards.held().stream().map(this::prepare).toArray(CompletableFuture<?>[]::new));
    }

    /** As {@link #prepare()}, of one shard. */
    CompletableFuture<Void> prepare(ShardKey shard) {
        return shards.loaded(shard)
                .map(this::prepare)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Void> prepare(ShardLog log) {
        return maintenance.isToBeCompactedAhead(log)
                ? CompletableFuture.runAsync(() -> maintenance.compactAhead(log), compaction)
                : CompletableFuture.completedFuture(null);
    }

    /** Completes when this process owns the shard no more, at once if it does not. */
    CompletableFuture<Void> release(ShardKey shard) {
        return shards.loaded(shard)
                .map(this::release)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /** All that this process owns. */
    CompletableFuture<Void> releaseAll() {
        Collection<ShardLog> held = shards.held();
        return CompletableFuture.allOf(
                held.stream().map(this::release).toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> release(ShardLog log) {
        var answer = new CompletableFuture<Void>();
        executor.execute(() -> begin(log, answer));
        return answer;
    }

    private void begin(ShardLog log, CompletableFuture<Void> answer) {
        if (!rules().map(rules -> rules.hold(Rule.STOP_AT_RELEASE)).orElse(true)) {
            finish(log, answer);
            return;
        }
        switch (log.gate.beginEnd()) {
            case BEGUN ->
                    parts.queue()
                            .push(
                                    new Request.End(
                                            log,
                                            () -> executor.execute(() -> finish(log, answer))));
            case ENDED -> {
                // Nobody writes it.
                shards.drop(log);
                answer.complete(null);
            }
            // Its manifest may still name our journal, and who asked would end that.
            case DELETED -> finish(log, answer);
            case BUSY -> log.gate.whenFree(() -> executor.execute(() -> begin(log, answer)));
        }
    }

    private Optional<Rules> rules() {
        return Optional.ofNullable(parts.sharing()).map(Sharing::rules);
    }

    /** Everything before it is settled, and nothing comes after. */
    private void finish(ShardLog log, CompletableFuture<Void> answer) {
        try {
            parts.manifests().release(log);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (log.isDeleted()) {
                // There is no manifest any more.
                answer.complete(null);
                return;
            }
            // Perhaps it was released all the same, now or later: what we appended would be lost.
            shards.drop(log);
            answer.completeExceptionally(LocalShards.refusalOf(e));
            return;
        }
        shards.drop(log);
        answer.complete(null);
    }
}
