package io.headrace.cluster.forward;

import io.headrace.cluster.wire.Message;
import io.headrace.store.ShardKey;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** What forwarding needs of the cluster; methods never wait, and any thread may call. */
public interface Routes {
    UUID self();

    /** The node that should own the shard. */
    UUID owner(ShardKey shard);

    boolean isMember(UUID node);

    /**
     * Asks a node.
     *
     * @return fails with {@link io.headrace.store.RefusedException} or {@link
     *     io.headrace.cluster.wire.CallFailedException}
     */
    CompletableFuture<Message.Answer> call(UUID node, Message.Question question, long timeoutMs);

    /** Runs a task later, on a thread that must not be blocked. */
    void after(long delayMs, Runnable task);
}
