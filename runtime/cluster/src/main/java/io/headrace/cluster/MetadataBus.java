package io.headrace.cluster;

import io.headrace.cluster.member.Membership;
import io.headrace.cluster.wire.Message;
import io.headrace.cluster.wire.NodeCalls;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells all nodes that metadata changed, so that they read it again at once. A hint: it may get
 * lost, and who needs certainty looks by itself now and then. Any thread.
 */
public final class MetadataBus {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataBus.class);
    private static final long TOLD_MS = 1000;

    private record Subscription(String prefix, Consumer<String> changed) {}

    private final Membership membership;
    private final NodeCalls calls;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    MetadataBus(Membership membership, NodeCalls calls) {
        this.membership = membership;
        this.calls = calls;
    }

    /** Something under this prefix (or name) changed; subscribers of this node hear it too. */
    public void publish(String prefix) {
        changed(prefix);
        for (var node : membership.placement().nodes().keySet()) {
            if (!node.equals(membership.self())) {
                var _ =
                        calls.call(node, new Message.Changed(prefix), TOLD_MS)
                                .exceptionally(failure -> {
                                    LOG.debug("{} was not told of {}", node, prefix);
                                    return new Message.Done();
                                });
            }
        }
    }

    /**
     * Calls {@code changed} with what was published whenever that begins with {@code prefix}, or
     * {@code prefix} with that; on an event loop or the publisher's thread, so it only hands over.
     */
    public void subscribe(String prefix, Consumer<String> changed) {
        subscriptions.add(new Subscription(prefix, changed));
    }

    void changed(String prefix) {
        for (var subscription : subscriptions) {
            if (prefix.startsWith(subscription.prefix())
                    || subscription.prefix().startsWith(prefix)) {
                subscription.changed().accept(prefix);
            }
        }
    }
}
