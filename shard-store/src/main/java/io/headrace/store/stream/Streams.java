package io.headrace.store.stream;

import io.headrace.store.ErrorCode;
import io.headrace.store.HashKey;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Creates, changes and deletes streams, with the refusals and in the words of Kinesis. A method
 * returns once its change is recorded durably; with no transition delay also once it is carried
 * out. Every method may block; any thread may call.
 */
public final class Streams {
    private final StreamCatalog catalog;
    private final Transitions transitions;
    private final InstantSource clock;
    private final Quotas quotas;
    private final long delayMs;

    /**
     * @param region as refusals name it
     * @param transitionDelay how long a stream or consumer stays CREATING, UPDATING or DELETING;
     *     zero for not at all
     */
    public Streams(
            StreamCatalog catalog,
            Transitions transitions,
            InstantSource clock,
            String region,
            StreamLimits limits,
            Duration transitionDelay) {
        this.catalog = catalog;
        this.transitions = transitions;
        this.clock = clock;
        this.quotas = new Quotas(catalog, region, limits);
        this.delayMs = transitionDelay.toMillis();
    }

    public StreamCatalog catalog() {
        return catalog;
    }

    /** Creates a stream with even ranges. */
    public void create(StreamName name, NewStream spec) throws InterruptedException {
        if (catalog.find(name).isPresent()) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_IN_USE, name.described() + " already exists.");
        }
        quotas.checkCreating(name.accountId());
        quotas.checkOnDemand(name.accountId(), spec.options().mode());
        quotas.checkShards(name.accountId(), spec.shards());
        long now = clock.millis();
        var pending = delayMs == 0 ? null : new Transition.Create(now + delayMs);
        catalog.create(
                new StreamState(
                        name,
                        catalog.newId(),
                        now,
                        pending == null ? StreamStatus.ACTIVE : StreamStatus.CREATING,
                        spec.options(),
                        ShardMap.even(spec.shards(), now),
                        spec.tags(),
                        List.of(),
                        "",
                        ChangeLog.EMPTY,
                        pending));
    }

    /**
     * Deletes a stream with its records.
     *
     * @param withConsumers whether registered consumers go with it
     */
    public void delete(StreamName name, boolean withConsumers) throws InterruptedException {
        long due = clock.millis() + delayMs;
        catalog.change(
                name,
                state -> {
                    if (state.status() == StreamStatus.DELETING) {
                        throw notActive(state);
                    }
                    if (!withConsumers && !state.consumers().isEmpty()) {
                        throw new RefusedException(
                                ErrorCode.RESOURCE_IN_USE,
                                ("DeleteStream can't delete %s:%s because there are consumers"
                                                + " associated with this data stream. To delete %s"
                                                + " anyway, set the EnforceConsumerDeletion"
                                                + " parameter to true to force the deletion of all"
                                                + " the consumers that are associated with it.")
                                        .formatted(name.accountId(), name.name(), name.name()));
                    }
                    return state.begin(StreamStatus.DELETING, new Transition.Delete(due));
                });
        transitions.advanceOrLeave(name);
    }

    /** Splits an open shard; its upper child begins at {@code at}. */
    public void split(StreamName name, int shard, BigInteger at) throws InterruptedException {
        var seen = get(name);
        shard(seen, shard);
        quotas.checkShards(name.accountId(), 1);
        long due = clock.millis() + delayMs;
        catalog.change(
                name,
                state -> {
                    var range = shard(state, shard).range();
                    if (at.compareTo(range.start().toBigInteger().add(BigInteger.ONE)) <= 0
                            || at.compareTo(range.end().toBigInteger()) >= 0) {
                        throw new RefusedException(
                                ErrorCode.INVALID_ARGUMENT,
                                ("NewStartingHashKey %s used in SplitShard() on shard %s in stream"
                                                + " %s under account %s is not both greater than"
                                                + " one plus the shard's StartingHashKey %s and"
                                                + " less than the shard's EndingHashKey %s.")
                                        .formatted(
                                                at,
                                                shardId(shard),
                                                name.name(),
                                                name.accountId(),
                                                range.start(),
                                                range.end()));
                    }
                    requireOpen(state, shard);
                    requireActive(state);
                    requireProvisioned(state);
                    return state.begin(
                            StreamStatus.UPDATING,
                            new Transition.Reshape(due, List.of(HashKey.of(at)), List.of()));
                });
        transitions.advanceOrLeave(name);
    }

    /** Merges two open shards, the second of which begins where the first ends. */
    public void merge(StreamName name, int shard, int adjacent) throws InterruptedException {
        long due = clock.millis() + delayMs;
        catalog.change(
                name,
                state -> {
                    var lower = shard(state, shard);
                    var upper = shard(state, adjacent);
                    if (!lower.range().touches(upper.range())) {
                        throw new RefusedException(
                                ErrorCode.INVALID_ARGUMENT,
                                ("Shards %s and %s in stream %s under account %s are not an"
                                                + " adjacent pair of shards eligible for merging")
                                        .formatted(
                                                shardId(shard),
                                                shardId(adjacent),
                                                name.name(),
                                                name.accountId()));
                    }
                    requireOpen(state, shard);
                    requireOpen(state, adjacent);
                    requireActive(state);
                    requireProvisioned(state);
                    return state.begin(
                            StreamStatus.UPDATING,
                            new Transition.Reshape(due, List.of(), List.of(upper.range().start())));
                });
        transitions.advanceOrLeave(name);
    }

    /**
     * Splits and merges until there are {@code target} even shards.
     *
     * @return the number of open shards before
     */
    public int scale(StreamName name, int target) throws InterruptedException {
        var seen = get(name);
        quotas.checkShards(name.accountId(), target - seen.shards().openCount());
        long now = clock.millis();
        var before = new int[1];
        catalog.change(
                name,
                state -> {
                    requireActive(state);
                    requireProvisioned(state);
                    int open = state.shards().openCount();
                    before[0] = open;
                    quotas.checkScaling(state, open, target, now);
                    var reshape = Reshaping.uniform(state.shards(), target, now + delayMs);
                    if (Reshaping.round(state.shards(), reshape).isEmpty()) {
                        return state;
                    }
                    return state.withChanges(state.changes().scaled(now))
                            .begin(StreamStatus.UPDATING, reshape);
                });
        transitions.advanceOrLeave(name);
        return before[0];
    }

    /** Reshapes an ACTIVE on-demand stream; does nothing if it is not that any more. */
    void reshape(StreamName name, long id, List<HashKey> splitAt, List<HashKey> mergeAt)
            throws InterruptedException {
        quotas.checkShards(name.accountId(), splitAt.size() - mergeAt.size());
        long due = clock.millis();
        catalog.change(
                name,
                state ->
                        state.id() == id
                                        && state.status() == StreamStatus.ACTIVE
                                        && state.options().mode() == StreamMode.ON_DEMAND
                                ? state.begin(
                                        StreamStatus.UPDATING,
                                        new Transition.Reshape(due, splitAt, mergeAt))
                                : state);
        transitions.advanceOrLeave(name);
    }

    /** Hands the number of shards to the user or to the load; it stays as it is for now. */
    public void switchMode(StreamName name, StreamMode mode, int warmThroughputMiBps)
            throws InterruptedException {
        long now = clock.millis();
        update(
                name,
                state -> {
                    if (state.options().mode() == mode) {
                        return warmThroughputMiBps == 0
                                ? state
                                : state.withOptions(
                                        state.options()
                                                .withWarmThroughputMiBps(warmThroughputMiBps));
                    }
                    quotas.checkOnDemand(name.accountId(), mode);
                    quotas.checkModeSwitch(state, now);
                    int warm = mode == StreamMode.ON_DEMAND ? warmThroughputMiBps : 0;
                    return state.withOptions(
                                    state.options().withMode(mode).withWarmThroughputMiBps(warm))
                            .withChanges(state.changes().modeSwitched(now));
                });
    }

    /** Seals what is put from now on, or no longer; one that answers its argument does nothing. */
    public void changeEncryption(StreamName name, UnaryOperator<Encryption> change)
            throws InterruptedException {
        long now = clock.millis();
        update(
                name,
                state -> {
                    var before = state.options().encryption();
                    var after = change.apply(before);
                    if (after.equals(before)) {
                        return state;
                    }
                    quotas.checkEncryption(state, after, now);
                    return state.withOptions(state.options().withEncryption(after))
                            .withChanges(
                                    switch (after) {
                                        case Encryption.Kms _ -> state.changes().encrypted(now);
                                        case Encryption.None() -> state.changes().decrypted(now);
                                    });
                });
    }

    /**
     * Changes the options of an ACTIVE stream, which is UPDATING for the transition delay. A change
     * that returns its argument does nothing.
     */
    public StreamState update(StreamName name, UnaryOperator<StreamState> change)
            throws InterruptedException {
        long due = clock.millis() + delayMs;
        return catalog.change(
                name,
                state -> {
                    requireActive(state);
                    var next = change.apply(state);
                    return next.equals(state) || delayMs == 0
                            ? next
                            : next.begin(StreamStatus.UPDATING, new Transition.Update(due));
                });
    }

    /** Changes what needs no transition: tags, policies. Refused while the stream goes. */
    public StreamState annotate(StreamName name, UnaryOperator<StreamState> change) {
        return catalog.change(
                name,
                state -> {
                    if (state.status() == StreamStatus.DELETING) {
                        throw notActive(state);
                    }
                    return change.apply(state);
                });
    }

    /** Registers a consumer; refused if there is one of this name. */
    public ConsumerState register(StreamName name, ConsumerState consumer)
            throws InterruptedException {
        long due = clock.millis() + delayMs;
        var added =
                delayMs == 0
                        ? consumer.withStatus(ConsumerState.Status.ACTIVE, 0)
                        : consumer.withStatus(ConsumerState.Status.CREATING, due);
        catalog.change(name, state -> Consumers.register(state, added, quotas.limits()));
        return added;
    }

    /** Removes a consumer. */
    public void deregister(StreamName name, String consumer) throws InterruptedException {
        long due = clock.millis() + delayMs;
        catalog.change(
                name,
                state ->
                        Consumers.deregister(
                                state, consumer, delayMs == 0 ? 0 : due, delayMs == 0));
    }

    /** A stream, or the refusal that there is none. */
    public StreamState get(StreamName name) {
        return catalog.find(name).orElseThrow(() -> StreamCatalog.notFound(name));
    }

    /** A shard of a stream, or the refusal that there is none. */
    public static ShardState shard(StreamState state, int number) {
        return state.shards()
                .find(number)
                .orElseThrow(() -> shardNotFound(state.name(), shardId(number)));
    }

    public static RefusedException shardNotFound(StreamName name, String shard) {
        return new RefusedException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "Could not find shard %s in stream %s under account %s."
                        .formatted(shard, name.name(), name.accountId()));
    }

    /** What an account may have and has. */
    public Quotas quotas() {
        return quotas;
    }

    private static void requireOpen(StreamState state, int number) {
        if (!shard(state, number).isOpen()) {
            throw new RefusedException(
                    ErrorCode.INVALID_ARGUMENT,
                    ("Shard %s in stream %s under account %s has already been merged or split, and"
                                    + " thus is not eligible for merging or splitting.")
                            .formatted(
                                    shardId(number),
                                    state.name().name(),
                                    state.name().accountId()));
        }
    }

    private static void requireActive(StreamState state) {
        if (state.status() != StreamStatus.ACTIVE) {
            throw notActive(state);
        }
    }

    /** Refuses a stream that is coming or going; one that is being changed has its shards. */
    public static void requireSettled(StreamState state) {
        if (state.status() != StreamStatus.ACTIVE && state.status() != StreamStatus.UPDATING) {
            throw notActive(state);
        }
    }

    private static void requireProvisioned(StreamState state) {
        if (state.options().mode() != StreamMode.PROVISIONED) {
            throw new RefusedException(
                    ErrorCode.VALIDATION,
                    "Request is invalid. Stream %s under account %s is in On-Demand mode."
                            .formatted(state.name().name(), state.name().accountId()));
        }
    }

    static RefusedException notActive(StreamState state) {
        return new RefusedException(
                ErrorCode.RESOURCE_IN_USE,
                state.name().described() + " not ACTIVE, instead in state " + state.status());
    }

    private static String shardId(int number) {
        return new ShardKey(0, number).shardId();
    }
}
