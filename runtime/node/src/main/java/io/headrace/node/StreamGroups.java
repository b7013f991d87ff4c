package io.headrace.node;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.consumer.Checkpoints;
import io.headrace.store.consumer.ConsumerGroups;
import io.headrace.store.consumer.ConsumerMember;
import io.headrace.store.consumer.ConsumerSettings;
import io.headrace.store.consumer.ObjectCheckpoints;
import io.headrace.store.consumer.RecordHandler;
import io.headrace.store.consumer.RunningMember;
import io.headrace.store.consumer.ShardLag;
import io.headrace.store.consumer.ShardTree;
import io.headrace.store.consumer.StartPosition;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checkpointed consumers of this node's streams: services join one to follow a stream, commands
 * look on and set back. Any thread; every method but {@link #join} may block.
 */
public final class StreamGroups {
    private final StreamCatalog catalog;
    private final Shards shards;
    private final Checkpoints checkpoints;
    private final ConsumerGroups groups;
    private final InstantSource clock;

    StreamGroups(StreamCatalog catalog, Shards shards, ObjectStore objects, InstantSource clock) {
        this.catalog = catalog;
        this.shards = shards;
        this.clock = clock;
        checkpoints = new ObjectCheckpoints(objects);
        groups = new ConsumerGroups(shards, checkpoints, clock);
    }

    /** How far a consumer is in one shard; the stream is empty if it was deleted since. */
    public record Lag(Optional<StreamName> stream, ShardLag shard) {}

    /**
     * Follows a stream as one member of a consumer until closed; begins at once, on threads of its
     * own. If the stream is deleted it reads nothing more.
     *
     * @param member this member's name, unlike any other's, also after a restart
     */
    public RunningMember join(
            String consumer,
            String member,
            StreamName stream,
            RecordHandler handler,
            ConsumerSettings settings) {
        long id = existing(stream).id();
        var joined =
                new ConsumerMember(
                        consumer,
                        member,
                        () -> tree(id),
                        shards,
                        checkpoints,
                        handler,
                        settings,
                        clock);
        return new RunningMember(joined, shards);
    }

    /** Names of all consumers, in order. */
    public List<String> list() throws IOException {
        return groups.list();
    }

    /** A consumer's place in every shard it has a checkpoint of. */
    public List<Lag> lag(String consumer) throws IOException, InterruptedException {
        return groups.lag(consumer).stream()
                .map(lag -> new Lag(streamOf(lag.shard()), lag))
                .toList();
    }

    /**
     * Shards in which a consumer stands still until it is reset, because its checkpoint is lost.
     */
    public List<ShardKey> damaged(String consumer) throws IOException {
        return groups.damaged(consumer);
    }

    /** The stream of a shard, empty if it was deleted. */
    public Optional<StreamName> streamOf(ShardKey shard) {
        return catalog.findById(shard.streamId()).map(StreamState::name);
    }

    /**
     * Sets a consumer to another place in a stream, and tells in how many shards.
     *
     * @param numbers of the shards; none means all of them
     * @throws RefusedException RESOURCE_IN_USE while a member reads one of them
     */
    public int reset(String consumer, StreamName stream, List<Integer> numbers, StartPosition to)
            throws IOException, InterruptedException {
        var state = existing(stream);
        var keys = new ArrayList<ShardKey>();
        for (int number : numbers) {
            if (state.shards().find(number).isEmpty()) {
                throw new RefusedException(
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "%s has no shard %d.".formatted(stream.described(), number));
            }
            keys.add(state.shardKey(number));
        }
        if (numbers.isEmpty()) {
            state.shards().all().forEach(shard -> keys.add(state.shardKey(shard.number())));
        }
        groups.reset(consumer, keys, to);
        return keys.size();
    }

    /** Whether a consumer has a place in a stream. */
    public boolean follows(String consumer, StreamName stream)
            throws IOException, InterruptedException {
        long id = existing(stream).id();
        if (!groups.list().contains(consumer)) {
            return false;
        }
        for (var lag : groups.lag(consumer)) {
            if (lag.shard().streamId() == id) {
                return true;
            }
        }
        return groups.damaged(consumer).stream().anyMatch(shard -> shard.streamId() == id);
    }

    /** Forgets a consumer that nobody reads as. */
    public void delete(String consumer) throws IOException {
        groups.delete(consumer);
    }

    /** Removes what consumers left in deleted streams. */
    void sweep() throws IOException {
        groups.sweep(() -> {
            catalog.refresh();
            return id -> catalog.findById(id).isPresent();
        });
    }

    private StreamState existing(StreamName stream) {
        return catalog.find(stream).orElseThrow(() -> StreamCatalog.notFound(stream));
    }

    private List<ShardTree.Node> tree(long streamId) {
        var stream = catalog.findById(streamId);
        if (stream.isEmpty()) {
            return List.of();
        }
        var state = stream.get();
        return state.shards().all().stream().map(shard -> node(state, shard)).toList();
    }

    private static ShardTree.Node node(StreamState stream, ShardState shard) {
        var parents = new ArrayList<ShardKey>();
        shard.parent().ifPresent(number -> parents.add(stream.shardKey(number)));
        shard.adjacentParent().ifPresent(number -> parents.add(stream.shardKey(number)));
        return new ShardTree.Node(stream.shardKey(shard.number()), parents);
    }
}
