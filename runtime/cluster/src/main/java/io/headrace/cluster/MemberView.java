package io.headrace.cluster;

import io.headrace.cluster.member.Membership;
import io.headrace.cluster.wire.Message;
import io.headrace.cluster.wire.NodeCalls;
import io.headrace.store.ShardKey;
import io.headrace.store.shard.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The store's view of the others. Who writes a journal is asked by name if it is known, else all
 * are; a journal that nobody writes is not asked for again, since no id is used twice.
 */
final class MemberView implements ClusterView {
    /**
     * How long a member is waited for. Ending the journal of one that lives stops all its shards,
     * and whoever takes them over meets the same load; of one that is gone the question fails at
     * once.
     */
    private static final long RELEASE_MS = 12_000;

    private static final int GONE_MAX = 10_000;

    private final Membership membership;
    private final NodeCalls calls;
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    MemberView(Membership membership, NodeCalls calls) {
        this.membership = membership;
        this.calls = calls;
    }

    @Override
    public boolean isHere(ShardKey shard) {
        return membership.owner(shard).equals(membership.self());
    }

    @Override
    public Release release(String journalId, ShardKey shard) {
        if (gone.contains(journalId)) {
            return Release.GONE;
        }
        var writer = writer(journalId);
        var asked = writer == null ? others() : List.of(writer);
        var answers = new ArrayList<CompletableFuture<Boolean>>();
        for (var node : asked) {
            answers.add(
                    calls.call(node, new Message.Release(journalId, shard), RELEASE_MS)
                            .thenApply(answer ->
                                    answer instanceof Message.Released released
                                            && released.mine()));
        }
        boolean allAnswered = true;
        for (var answer : answers) {
            try {
                if (answer.get(RELEASE_MS + 1000, TimeUnit.MILLISECONDS)) {
                    return Release.RELEASED;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Release.GONE;
            } catch (ExecutionException | TimeoutException e) {
                allAnswered = false;
            }
        }
        if (allAnswered && writer == null && gone.size() < GONE_MAX) {
            gone.add(journalId);
        }
        return Release.GONE;
    }

    private @Nullable UUID writer(String journalId) {
        for (var node : membership.placement().nodes().values()) {
            if (node.journalId().equals(journalId) && !node.node().equals(membership.self())) {
                return node.node();
            }
        }
        return null;
    }

    private List<UUID> others() {
        return membership.members().stream()
                .filter(node -> !node.equals(membership.self()))
                .toList();
    }
}
