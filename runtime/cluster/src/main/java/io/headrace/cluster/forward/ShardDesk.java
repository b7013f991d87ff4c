package io.headrace.cluster.forward;

import io.headrace.cluster.wire.Message;
import io.headrace.store.Ticker;
import io.headrace.store.shard.Shards;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Does to this node's shards what other nodes ask for. On an event loop, which it never blocks; the
 * shards themselves refuse what is not this node's.
 */
public final class ShardDesk {
    private static final int LANES_MAX = 50_000;

    private final Shards local;
    private final ForwardSettings settings;
    private final AppendOrder order = new AppendOrder(LANES_MAX);
    private final CommitFeeds feeds;

    public ShardDesk(Routes routes, Shards local, Ticker ticker, ForwardSettings settings) {
        this.local = local;
        this.settings = settings;
        this.feeds = new CommitFeeds(routes, local, ticker, settings.lease());
    }

    public CompletableFuture<Message.Appended> append(UUID asker, Message.Append asked) {
        return order.take(asker, asked, () -> local.append(asked.shard(), asked.batch()))
                .thenApply(Message.Appended::new);
    }

    public CompletableFuture<Message.Records> read(Message.Read asked) {
        return local.read(
                        asked.shard(),
                        asked.fromIndex(),
                        asked.recordsMax(),
                        Math.min(asked.bytesMax(), settings.readBytes()))
                .thenApply(Message.Records::new);
    }

    public CompletableFuture<Message.Index> indexAt(Message.IndexAt asked) {
        return local.indexAt(asked.shard(), asked.arrivalMs()).thenApply(Message.Index::new);
    }

    public CompletableFuture<Message.Limits> bounds(Message.Bounds asked) {
        return local.bounds(asked.shard()).thenApply(Message.Limits::new);
    }

    public CompletableFuture<Message.Limits> end(Message.End asked) {
        return local.close(asked.shard()).thenApply(Message.Limits::new);
    }

    public CompletableFuture<Message.Done> delete(Message.Delete asked) {
        return local.delete(asked.shard()).thenApply(done -> new Message.Done());
    }

    public CompletableFuture<Message.Done> subscribe(UUID asker, Message.Subscribe asked) {
        feeds.subscribe(asker, asked);
        return CompletableFuture.completedFuture(new Message.Done());
    }

    /** A node that left does not come back under its id. */
    public void forget(UUID node) {
        order.forget(node);
        feeds.end(node);
    }
}
