package io.headrace.cluster.member;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import io.headrace.cluster.wire.Message;
import io.headrace.cluster.wire.NodeCalls;
import io.headrace.store.ShardKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's view of the others: one thread looks at Hazelcast's members and partition table
 * a few times a second and at every event, and says hello to the others once a second and whenever
 * this node has something new to say. Asking for the view never waits; any thread may.
 */
public final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long LOOK_MS = 200;

    /** Partitions move in hundreds. */
    private static final long GATHER_MS = 5;

    private static final int LOOKS_PER_HELLO = 5;
    private static final long HELLO_TIMEOUT_MS = 3000;
    private static final int PARTITIONS_KNOWN_MAX = 200_000;

    private final HazelcastInstance hazelcast;
    private final NodeCalls calls;
    private final ClusterSettings settings;
    private final ConcurrentHashMap<UUID, Announcement> heard = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ShardKey, Integer> partitions = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Set<UUID> refused = new HashSet<>();
    private final AtomicBoolean lookAsked = new AtomicBoolean();
    private final ScheduledExecutorService looker;
    private volatile Announcement own;
    private volatile Placement placement;
    private volatile Set<UUID> members = Set.of();
    private int looks;

    Membership(HazelcastInstance hazelcast, NodeCalls calls, ClusterSettings settings) {
        this.hazelcast = hazelcast;
        this.calls = calls;
        this.settings = settings;
        own =
                new Announcement(
                        calls.self(),
                        settings.nodeName(),
                        Announcement.State.STARTING,
                        "",
                        settings.release(),
                        settings.addresses());
        placement = new Placement(calls.self(), Map.of(calls.self(), own), List.of());
        looker =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("cluster-view").factory());
    }

    /** Hears of the members there are; waits for their answers, for a few seconds at most. */
    void start() {
        hazelcast
                .getCluster()
                .addMembershipListener(
                        new MembershipListener() {
                            @Override
                            public void memberAdded(MembershipEvent event) {
                                lookSoon();
                            }

                            @Override
                            public void memberRemoved(MembershipEvent event) {
                                lookSoon();
                            }
                        });
        hazelcast
                .getPartitionService()
                .addMigrationListener(
                        new MigrationListener() {
                            @Override
                            public void migrationStarted(MigrationState state) {}

                            @Override
                            public void migrationFinished(MigrationState state) {
                                lookSoon();
                            }

                            @Override
                            public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
                                lookSoon();
                            }

                            @Override
                            public void replicaMigrationFailed(ReplicaMigrationEvent event) {
                                lookSoon();
                            }
                        });
        look();
        try {
            CompletableFuture.allOf(hello().toArray(CompletableFuture[]::new))
                    .get(HELLO_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            LOG.warn("not every member answered yet: {}", e.toString());
        }
        look();
        var _ =
                looker.scheduleWithFixedDelay(
                        this::periodically, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    /** The view of now. */
    public Placement placement() {
        return placement;
    }

    /** The node that should own the shard. */
    public UUID owner(ShardKey shard) {
        return placement.owner(shard, partition(shard));
    }

    public UUID self() {
        return calls.self();
    }

    /** All members that this node can talk to, itself included. */
    public Set<UUID> members() {
        return members;
    }

    /** Whether the node is a member, whatever it says of itself. */
    public boolean isMember(UUID node) {
        return members.contains(node);
    }

    /** Calls {@code changed} whenever shards may be placed anew; it must only hand over. */
    public void onChange(Runnable changed) {
        listeners.add(changed);
    }

    /** Tells the others of this node's new state. */
    public synchronized void announce(Announcement.State state) {
        own =
                new Announcement(
                        own.node(),
                        own.name(),
                        state,
                        own.journalId(),
                        own.release(),
                        own.addresses());
        tell();
    }

    /** Tells the others which journal this node writes from now on. */
    public synchronized void announceJournal(String journalId) {
        if (!own.journalId().equals(journalId)) {
            own =
                    new Announcement(
                            own.node(),
                            own.name(),
                            own.state(),
                            journalId,
                            own.release(),
                            own.addresses());
            tell();
        }
    }

    /** What another node says of itself; answers the same. */
    public Message.Text heard(UUID sender, String json) {
        var announcement = Announcement.parse(json);
        if (!announcement.node().equals(sender)) {
            throw new IllegalArgumentException(sender + " speaks for " + announcement.node());
        }
        hear(announcement);
        return new Message.Text(own.json());
    }

    @Override
    public void close() {
        looker.shutdownNow();
    }

    /** This node sees it first: what it gives up must not look like its own any more. */
    private void tell() {
        look();
        var _ = hello();
    }

    private void hear(Announcement announcement) {
        if (!announcement.equals(heard.put(announcement.node(), announcement))) {
            lookSoon();
        }
    }

    private List<CompletableFuture<Void>> hello() {
        var hello = new Message.Hello(own.json());
        var answers = new ArrayList<CompletableFuture<Void>>();
        for (var member : members) {
            if (!member.equals(calls.self())) {
                answers.add(
                        calls.call(member, hello, HELLO_TIMEOUT_MS)
                                .thenAccept(answer -> {
                                    if (answer instanceof Message.Text text) {
                                        hear(Announcement.parse(text.text()));
                                    }
                                }));
            }
        }
        return answers;
    }

    private void periodically() {
        lookSafely();
        if (++looks % LOOKS_PER_HELLO == 0) {
            var _ = hello();
        }
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.warn("the view of the cluster could not be renewed", e);
        }
    }

    private void lookSoon() {
        if (lookAsked.compareAndSet(false, true)) {
            try {
                var _ =
                        looker.schedule(
                                () -> {
                                    lookAsked.set(false);
                                    lookSafely();
                                },
                                GATHER_MS,
                                TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("closing; the view stays as it is");
            }
        }
    }

    private synchronized void look() {
        Map<UUID, UUID> nodesByMember;
        List<UUID> owners;
        try {
            nodesByMember = nodes(hazelcast.getCluster().getMembers());
            owners = partitionOwners(nodesByMember);
        } catch (HazelcastInstanceNotActiveException e) {
            nodesByMember = Map.of();
            owners = List.of();
        }
        var present = new HashSet<>(nodesByMember.values());
        var before = members;
        members = Set.copyOf(present);
        heard.keySet().retainAll(present);
        var nodes = new HashMap<>(heard);
        nodes.put(calls.self(), own);
        var next = new Placement(calls.self(), nodes, owners);
        var previous = placement;
        placement = next;
        // Who hears that a node is gone asks anew at once, and must not be sent there again.
        for (var node : before) {
            if (!present.contains(node)) {
                calls.giveUp(node);
            }
        }
        if (!next.active().equals(previous.active())) {
            LOG.info(
                    "{} of {} nodes own shards: {}",
                    next.active().size(),
                    Math.max(1, present.size()),
                    names(next));
        }
        if (!next.placesAs(previous)) {
            listeners.forEach(Runnable::run);
        }
    }

    private static List<String> names(Placement placement) {
        return placement.active().stream()
                .map(node -> placement.nodes().get(node))
                .map(node -> node == null ? "?" : node.name())
                .toList();
    }

    /** Node ids by Hazelcast's own; without members that this node cannot talk to. */
    private Map<UUID, UUID> nodes(Set<Member> all) {
        var nodes = new HashMap<UUID, UUID>();
        for (var member : all) {
            var id = member.getAttribute(MemberConfig.NODE_ID);
            var protocol = member.getAttribute(MemberConfig.PROTOCOL);
            if (id == null || !Integer.toString(settings.protocol()).equals(protocol)) {
                if (refused.add(member.getUuid())) {
                    LOG.error(
                            "{} is no node of this release and is given nothing: it speaks protocol"
                                    + " {}, this node {}",
                            MemberNames.of(member),
                            protocol,
                            settings.protocol());
                }
            } else {
                nodes.put(member.getUuid(), UUID.fromString(id));
            }
        }
        return nodes;
    }

    private List<UUID> partitionOwners(Map<UUID, UUID> nodesByMember) {
        if (hazelcast.getCluster().getMembers().stream().allMatch(Member::isLiteMember)) {
            return List.of();
        }
        var all = hazelcast.getPartitionService().getPartitions();
        var owners = new ArrayList<>(Collections.nCopies(all.size(), calls.self()));
        for (var partition : all) {
            var member = partition.getOwner();
            var node = member == null ? null : nodesByMember.get(member.getUuid());
            owners.set(partition.getPartitionId(), node == null ? UNOWNED : node);
        }
        return owners;
    }

    private static final UUID UNOWNED = new UUID(0, 0);

    private int partition(ShardKey shard) {
        var known = partitions.get(shard);
        if (known != null) {
            return known;
        }
        int partition;
        try {
            partition =
                    hazelcast.getPartitionService().getPartition(shard.toString()).getPartitionId();
        } catch (HazelcastInstanceNotActiveException e) {
            return 0;
        }
        if (partitions.size() >= PARTITIONS_KNOWN_MAX) {
            partitions.clear();
        }
        partitions.put(shard, partition);
        return partition;
    }
}
