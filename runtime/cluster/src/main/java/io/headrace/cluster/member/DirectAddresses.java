package io.headrace.cluster.member;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.headrace.cluster.wire.NodeCalls;
import io.headrace.cluster.wire.UnknownNodeException;
import io.vertx.core.Completable;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.UUID;

/**
 * Membership for the event bus, where the address of a node says itself which node it is, and where
 * that node listens is an attribute of the member. So a message to a node needs nothing from
 * Hazelcast's maps, which may hang for seconds while a member is dying.
 */
final class DirectAddresses extends HazelcastClusterManager {
    private final HazelcastInstance hazelcast;
    private volatile NodeInfo own;

    DirectAddresses(HazelcastInstance hazelcast, HostPort bus) {
        super(hazelcast);
        own = new NodeInfo(bus.host(), bus.port(), null);
        this.hazelcast = hazelcast;
    }

    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
        if (isNode(address)) {
            var node = address.substring(NodeCalls.ADDRESS_PREFIX.length());
            promise.succeed(List.of(new RegistrationInfo(node, 0, false)));
        } else {
            super.getRegistrations(address, promise);
        }
    }

    @Override
    public void addRegistration(
            String address, RegistrationInfo registration, Completable<Void> promise) {
        if (isNode(address)) {
            promise.succeed();
        } else {
            super.addRegistration(address, registration, promise);
        }
    }

    @Override
    public void removeRegistration(
            String address, RegistrationInfo registration, Completable<Void> promise) {
        if (isNode(address)) {
            promise.succeed();
        } else {
            super.removeRegistration(address, registration, promise);
        }
    }

    @Override
    public void getNodeInfo(String node, Completable<NodeInfo> promise) {
        try {
            for (var member : hazelcast.getCluster().getMembers()) {
                if (node.equals(member.getAttribute(MemberConfig.NODE_ID))) {
                    var bus = HostPort.parse(member.getAttribute(MemberConfig.BUS), 0);
                    promise.succeed(new NodeInfo(bus.host(), bus.port(), null));
                    return;
                }
            }
            promise.fail(new UnknownNodeException(UUID.fromString(node)));
        } catch (HazelcastInstanceNotActiveException | IllegalArgumentException e) {
            promise.fail(e);
        }
    }

    /** Kept here alone: others know it from the member's attributes. */
    @Override
    public void setNodeInfo(NodeInfo info, Completable<Void> promise) {
        own = info;
        promise.succeed();
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public NodeInfo getNodeInfo() {
        return own;
    }

    /** The superclass asks its maps, which may hang, and here must not hold up later events. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void memberRemoved(MembershipEvent event) {
        Thread.ofVirtual().name("cluster-member-removed").start(() -> super.memberRemoved(event));
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void memberAdded(MembershipEvent event) {
        Thread.ofVirtual().name("cluster-member-added").start(() -> super.memberAdded(event));
    }

    private static boolean isNode(String address) {
        return address.startsWith(NodeCalls.ADDRESS_PREFIX);
    }
}
