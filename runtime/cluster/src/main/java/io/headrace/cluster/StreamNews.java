package io.headrace.cluster;

import io.headrace.cluster.member.Membership;
import io.headrace.cluster.wire.Message;
import io.headrace.cluster.wire.NodeCalls;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.stream.ShardLoad;
import io.headrace.store.stream.ShardSpend;
import io.headrace.store.stream.StreamPeers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes tell each other of the streams they serve: what was taken of quotas, how busy shards
 * are, who opens a subscription. The listener is called on an event loop.
 */
public final class StreamNews implements StreamPeers {
    private static final Logger LOG = LoggerFactory.getLogger(StreamNews.class);
    private static final long ANSWERED_MS = 1000;

    private final Membership membership;
    private final NodeCalls calls;
    private volatile @Nullable Listener listener;

    StreamNews(Membership membership, NodeCalls calls) {
        this.membership = membership;
        this.calls = calls;
    }

    @Override
    public void listen(Listener to) {
        listener = to;
    }

    @Override
    public void spent(List<ShardSpend> spends) {
        tell(new Message.Spent(spends));
    }

    @Override
    public void loaded(List<ShardLoad> loads) {
        tell(new Message.Loaded(loads));
    }

    @Override
    public CompletableFuture<Void> claim(String consumerArn, ShardKey shard) {
        var claim = new Message.Claim(shard, consumerArn);
        return CompletableFuture.allOf(
                others().stream()
                        .map(node ->
                                calls.call(node, claim, ANSWERED_MS)
                                        .exceptionally(failure -> passedOver(node, failure)))
                        .toArray(CompletableFuture[]::new));
    }

    private static Message.Answer passedOver(UUID node, Throwable failure) {
        var cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof RefusedException refusal) {
            throw refusal;
        }
        LOG.debug("{} was not asked for a subscription", node, failure);
        return new Message.Done();
    }

    private void tell(Message.Question news) {
        for (var node : others()) {
            var _ =
                    calls.call(node, news, ANSWERED_MS)
                            .exceptionally(failure -> {
                                LOG.debug("{} was not told", node, failure);
                                return new Message.Done();
                            });
        }
    }

    private List<UUID> others() {
        var others = new ArrayList<>(membership.placement().nodes().keySet());
        others.remove(membership.self());
        return others;
    }

    void spent(Message.Spent news) {
        var known = listener;
        if (known != null) {
            known.spent(news.spends());
        }
    }

    void loaded(Message.Loaded news) {
        var known = listener;
        if (known != null) {
            known.loaded(news.loads());
        }
    }

    void claimed(UUID asker, Message.Claim claim) {
        var known = listener;
        if (known != null) {
            known.claimed(
                    claim.consumerArn(), claim.shard(), asker.compareTo(membership.self()) < 0);
        }
    }
}
