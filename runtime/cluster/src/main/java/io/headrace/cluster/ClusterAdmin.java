package io.headrace.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headrace.cluster.member.Announcement;
import io.headrace.cluster.member.Membership;
import io.headrace.cluster.wire.Message;
import io.headrace.cluster.wire.NodeCalls;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What operators see of the cluster and tell it, from any node. Any thread; never waits. */
public final class ClusterAdmin {
    private static final long STATUS_MS = 3000;
    private static final long MOVE_MS = 60_000;
    private static final String STATUS = "status";
    private static final String DRAIN = "drain";
    private static final String REBALANCE = "rebalance";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Membership membership;
    private final NodeCalls calls;
    private final LongSupplier hotTierBytes;
    private volatile @Nullable Ownership ownership;

    /**
     * @param hotTierBytes what this node holds of the hot tier
     */
    ClusterAdmin(Membership membership, NodeCalls calls, LongSupplier hotTierBytes) {
        this.membership = membership;
        this.calls = calls;
        this.hotTierBytes = hotTierBytes;
    }

    void own(Ownership store) {
        ownership = store;
    }

    /** All nodes as each of them tells; one that does not answer is listed without shards. */
    public CompletableFuture<ClusterStatus> status() {
        var answers = new ArrayList<CompletableFuture<ClusterStatus.Node>>();
        for (var node : membership.placement().nodes().values()) {
            answers.add(
                    ask(node.node(), STATUS, STATUS_MS)
                            .thenApply(ClusterAdmin::parse)
                            .exceptionally(failure -> ClusterStatus.Node.silent(node)));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all ->
                        new ClusterStatus(
                                answers.stream()
                                        .map(CompletableFuture::join)
                                        .sorted(Comparator.comparing(ClusterStatus.Node::name))
                                        .toList()));
    }

    /**
     * Has a node give away all its shards; it may be stopped once this is done.
     *
     * @param name of the node
     * @return how many shards it gave away; fails with {@code RESOURCE_NOT_FOUND} if no node is
     *     called so
     */
    public CompletableFuture<Integer> drain(String name) {
        var node = membership.placement().byName(name);
        return node.map(Announcement::node)
                .map(id -> ask(id, DRAIN, MOVE_MS).thenApply(Integer::valueOf))
                .orElseGet(() ->
                        CompletableFuture.failedFuture(
                                new RefusedException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "no node of the cluster is called " + name)));
    }

    /** This node gives away all its shards, as before it stops. */
    public CompletableFuture<Integer> drainThis() {
        var store = ownership;
        if (store == null) {
            return giveAway();
        }
        return store.prepareRelease()
                .handle((done, failure) -> true)
                .thenCompose(any -> giveAway());
    }

    /** From now on the others send requests to who is to own the shards next. */
    private CompletableFuture<Integer> giveAway() {
        membership.announce(Announcement.State.DRAINING);
        return releaseAll(shard -> true);
    }

    /** Every node gives away what others should own; how many shards that were. */
    public CompletableFuture<Integer> rebalance() {
        var answers = new ArrayList<CompletableFuture<Integer>>();
        for (var node : membership.placement().nodes().keySet()) {
            answers.add(ask(node, REBALANCE, MOVE_MS).thenApply(Integer::valueOf));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> answers.stream().mapToInt(CompletableFuture::join).sum());
    }

    /** This node gives away what others should own; how many shards that were. */
    public CompletableFuture<Integer> rebalanceThis() {
        return releaseAll(owned -> !membership.owner(owned.shard()).equals(membership.self()));
    }

    CompletableFuture<Message.Text> answer(String verb) {
        return switch (verb) {
            case STATUS -> CompletableFuture.completedFuture(new Message.Text(statusOfThis()));
            case DRAIN -> drainThis().thenApply(count -> new Message.Text(count.toString()));
            case REBALANCE ->
                    rebalanceThis().thenApply(count -> new Message.Text(count.toString()));
            default ->
                    throw new RefusedException(
                            ErrorCode.INVALID_ARGUMENT, "this node knows no '" + verb + "'");
        };
    }

    private CompletableFuture<String> ask(UUID node, String verb, long timeoutMs) {
        if (node.equals(membership.self())) {
            return answer(verb).thenApply(Message.Text::text);
        }
        return calls.call(node, new Message.Ask(verb), timeoutMs)
                .thenApply(answer -> answer instanceof Message.Text text ? text.text() : "");
    }

    private CompletableFuture<Integer> releaseAll(Predicate<Ownership.Owned> isToGo) {
        var store = ownership;
        if (store == null) {
            return CompletableFuture.completedFuture(0);
        }
        var released = new ArrayList<CompletableFuture<Void>>();
        for (var owned : store.owned()) {
            if (isToGo.test(owned)) {
                released.add(
                        store.prepareRelease(owned.shard())
                                .handle((done, failure) -> true)
                                .thenCompose(any -> store.release(owned.shard())));
            }
        }
        return CompletableFuture.allOf(released.toArray(CompletableFuture[]::new))
                .thenApply(all -> released.size());
    }

    private String statusOfThis() {
        var store = ownership;
        var own = membership.placement().nodes().get(membership.self());
        if (own == null) {
            throw new RefusedException(ErrorCode.INTERNAL_FAILURE, "this node is not listed");
        }
        var shards =
                store == null
                        ? List.<ClusterStatus.Shard>of()
                        : store.owned().stream()
                                .map(owned ->
                                        ClusterStatus.Shard.of(
                                                owned,
                                                membership
                                                        .owner(owned.shard())
                                                        .equals(membership.self())))
                                .sorted(Comparator.comparing(ClusterStatus.Shard::shard))
                                .toList();
        try {
            return JSON.writeValueAsString(
                    ClusterStatus.Node.of(own, hotTierBytes.getAsLong(), shards));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status cannot be written", e);
        }
    }

    private static ClusterStatus.Node parse(String json) {
        try {
            return JSON.readValue(json, ClusterStatus.Node.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no status: " + e.getOriginalMessage(), e);
        }
    }
}
