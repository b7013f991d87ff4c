package io.headrace.store.stream;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.shard.Shards;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what streams have pending, once it is due. Every method may block and may run on
 * several threads or nodes at once, for the same stream too: closing and deleting shards are
 * idempotent, and the catalog lets one change win.
 *
 * <p>Order for a reshape (rule 5): the pending change is recorded, the parents are closed durably,
 * then one change of the state ends the parents and opens the children. A crash between any two of
 * these leaves what {@link #step} finds and finishes.
 */
public final class Transitions {
    private static final Logger LOG = LoggerFactory.getLogger(Transitions.class);

    private final StreamCatalog catalog;
    private final Shards shards;
    private final InstantSource clock;
    private final StreamKeys keys;

    public Transitions(StreamCatalog catalog, Shards shards, InstantSource clock, StreamKeys keys) {
        this.catalog = catalog;
        this.shards = shards;
        this.clock = clock;
        this.keys = keys;
    }

    /**
     * Finishes what is due on every stream and drops closed shards past retention; what fails is
     * logged and found again by the next step. Call it after opening and then regularly.
     */
    public void step() throws InterruptedException {
        step(state -> true, 0);
    }

    /**
     * As {@link #step()}, of some streams only, and of what was due for so long: where several
     * nodes do this, each leaves to the others what they are about to do.
     */
    public void step(Predicate<StreamState> mine, long overdueMs) throws InterruptedException {
        for (var state : catalog.all()) {
            var pending = state.pending();
            if (!mine.test(state)
                    || (pending != null && pending.dueMs() + overdueMs > clock.millis())) {
                continue;
            }
            advanceOrLeave(state.name());
            try {
                dropExpired(state.name());
            } catch (RefusedException e) {
                LOG.warn("Expired shards of {} stay for now", state.name().described(), e);
            }
        }
    }

    /** As {@link #advance}, but what cannot be finished now is logged and left to a later step. */
    void advanceOrLeave(StreamName name) throws InterruptedException {
        try {
            advance(name);
        } catch (RefusedException e) {
            LOG.warn("The change of {} will be taken up again", name.described(), e);
        }
    }

    /** Finishes what is due on a stream. */
    void advance(StreamName name) throws InterruptedException {
        long now = clock.millis();
        while (true) {
            var found = catalog.find(name);
            if (found.isEmpty()) {
                return;
            }
            var state = settleConsumers(found.get(), now);
            var pending = state.pending();
            if (pending == null || pending.dueMs() > now) {
                return;
            }
            switch (pending) {
                case Transition.Create create -> settle(state);
                case Transition.Update update -> settle(state);
                case Transition.Delete delete -> delete(state);
                case Transition.Reshape reshape -> reshape(state, reshape);
            }
        }
    }

    private void settle(StreamState state) {
        var pending = state.pending();
        catalog.change(
                state.name(),
                newest ->
                        newest.id() == state.id()
                                        && pending != null
                                        && pending.equals(newest.pending())
                                ? newest.settle()
                                : newest);
    }

    private void delete(StreamState state) throws InterruptedException {
        var deletions = new ArrayList<CompletableFuture<Void>>();
        for (var shard : state.shards().all()) {
            deletions.add(shards.delete(state.shardKey(shard.number())));
        }
        for (int number : state.shards().dropped()) {
            deletions.add(shards.delete(state.shardKey(number)));
        }
        for (var deletion : deletions) {
            await(deletion);
        }
        try {
            // Nothing is left that they could open; the stream goes last, so that a crash leaves
            // what is found again.
            keys.delete(state.id());
        } catch (IOException e) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE,
                    "the data keys of " + state.name().described() + " could not be deleted",
                    e);
        }
        catalog.remove(state.name(), state.id());
    }

    private void reshape(StreamState state, Transition.Reshape reshape)
            throws InterruptedException {
        var round = Reshaping.round(state.shards(), reshape);
        if (round.isEmpty()) {
            settle(state);
            return;
        }
        var ends = close(state, round);
        catalog.change(
                state.name(),
                newest -> {
                    // Another node may have done this round since; then there is nothing to do.
                    if (newest.id() != state.id()
                            || !reshape.equals(newest.pending())
                            || !newest.shards().equals(state.shards())) {
                        return newest;
                    }
                    var after = Reshaping.apply(state.shards(), round, ends, clock.millis());
                    var next = newest.withShards(after);
                    return Reshaping.round(after, reshape).isEmpty() ? next.settle() : next;
                });
    }

    private Map<Integer, Long> close(StreamState state, List<Reshaping.Step> round)
            throws InterruptedException {
        var closing = new HashMap<Integer, CompletableFuture<ShardBounds>>();
        for (var step : round) {
            for (var parent : step.parents()) {
                closing.put(parent.number(), shards.close(state.shardKey(parent.number())));
            }
        }
        var ends = new HashMap<Integer, Long>();
        for (var closed : closing.entrySet()) {
            ends.put(closed.getKey(), await(closed.getValue()).nextIndex());
        }
        return ends;
    }

    private StreamState settleConsumers(StreamState state, long now) {
        boolean due = state.consumers().stream().anyMatch(consumer -> isDue(consumer, now));
        if (!due) {
            return state;
        }
        return catalog.change(
                state.name(),
                newest ->
                        newest.withConsumers(
                                newest.consumers().stream()
                                        .filter(consumer ->
                                                consumer.status() != ConsumerState.Status.DELETING
                                                        || !isDue(consumer, now))
                                        .map(consumer ->
                                                isDue(consumer, now)
                                                        ? consumer.withStatus(
                                                                ConsumerState.Status.ACTIVE, 0)
                                                        : consumer)
                                        .toList()));
    }

    private static boolean isDue(ConsumerState consumer, long now) {
        return consumer.status() != ConsumerState.Status.ACTIVE && consumer.dueMs() <= now;
    }

    /**
     * Removes closed shards whose last record passed retention: first one change takes them from
     * the listing and notes them, then their data goes, then the note. So nothing is listed whose
     * data is gone, and after a crash nothing stays that nobody knows of.
     */
    private void dropExpired(StreamName name) throws InterruptedException {
        var found = catalog.find(name);
        long now = clock.millis();
        if (found.isPresent() && !expired(found.get(), now).isEmpty()) {
            long id = found.get().id();
            catalog.change(
                    name,
                    newest ->
                            newest.id() == id
                                    ? newest.withShards(newest.shards().drop(expired(newest, now)))
                                    : newest);
            found = catalog.find(name);
        }
        if (found.isPresent() && !found.get().shards().dropped().isEmpty()) {
            deleteDropped(found.get());
        }
    }

    private void deleteDropped(StreamState state) throws InterruptedException {
        var dropped = state.shards().dropped();
        for (int number : dropped) {
            await(shards.delete(state.shardKey(number)));
        }
        catalog.change(
                state.name(),
                newest ->
                        newest.id() == state.id()
                                ? newest.withShards(newest.shards().forget(dropped))
                                : newest);
    }

    private static List<ShardState> expired(StreamState state, long now) {
        long horizon = now - state.options().retentionMs();
        if (state.shards().oldestClosedMs() >= horizon) {
            return List.of();
        }
        return state.shards().all().stream()
                .filter(shard -> !shard.isOpen() && shard.closedMs() < horizon)
                .toList();
    }

    private static <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused.told().isEmpty()
                        ? RefusedException.fault(String.valueOf(refused.getMessage()), e)
                        : new RefusedException(
                                refused.code(), String.valueOf(refused.getMessage()), e);
            }
            throw RefusedException.fault("a shard could not be changed: " + e.getCause(), e);
        }
    }
}
