package io.headrace.router.http;

import io.netty.channel.EventLoop;

/**
 * One request's share of the in-flight bytes: first of its connection's, then of the node's.
 * Belongs to the connection's event loop.
 */
final class Share {
    private enum State {
        NONE,
        WAITS_FOR_CONNECTION,
        WAITS_FOR_NODE,
        HELD,
        RELEASED
    }

    private final ConnectionGuard guard;
    private final ByteBudget node;
    private final EventLoop loop;
    private final Runnable ready;
    private final ByteBudget.Waiter inConnection = new InConnection();
    private final ByteBudget.Waiter inNode = new InNode();
    private State state = State.NONE;
    private long bytes;
    private long waitsSince;
    private boolean holdsReads;

    /**
     * @param ready runs on the event loop when a share that was waited for is held
     */
    Share(ConnectionGuard guard, ByteBudget node, Runnable ready) {
        this.guard = guard;
        this.node = node;
        this.loop = guard.channel().eventLoop();
        this.ready = ready;
    }

    /** Takes a share; false if it must be waited for. */
    boolean take(long wanted) {
        bytes = wanted;
        waitsSince = guard.nanos();
        if (!guard.take(inConnection)) {
            state = State.WAITS_FOR_CONNECTION;
            return false;
        }
        return takeOfNode();
    }

    /**
     * Since when nothing has moved for it. Who sends much at a time on one connection is not
     * refused for what is in front of it there, as long as that goes on.
     */
    long waitsSince() {
        return state == State.WAITS_FOR_CONNECTION
                ? Math.max(waitsSince, guard.lineMovedAt())
                : waitsSince;
    }

    /** Makes a held share larger, without waiting: for bytes that are there already. */
    void overdraw(long more) {
        if (state == State.HELD) {
            bytes += more;
            guard.overdraw(more);
            node.overdraw(more);
        }
    }

    /** Gives back what a held share has beyond this. */
    void shrinkTo(long rest) {
        long less = bytes - rest;
        if (state == State.HELD && less > 0) {
            bytes = rest;
            giveBoth(less);
        }
    }

    /** Gives the share back, or stops waiting for it; idempotent. */
    void release() {
        var before = state;
        state = State.RELEASED;
        releaseReads();
        switch (before) {
            case NONE, RELEASED -> {}
            case WAITS_FOR_CONNECTION -> guard.cancel(inConnection);
            case WAITS_FOR_NODE -> {
                if (!node.cancel(inNode)) {
                    // Granted by another thread; its message to us is still under way.
                    node.give(bytes);
                }
                guard.give(bytes);
            }
            case HELD -> giveBoth(bytes);
        }
    }

    private boolean takeOfNode() {
        if (node.take(inNode)) {
            state = State.HELD;
            return true;
        }
        state = State.WAITS_FOR_NODE;
        waitsSince = guard.nanos();
        holdsReads = guard.holdReads();
        return false;
    }

    private void giveBoth(long given) {
        node.give(given);
        guard.give(given);
    }

    private void releaseReads() {
        if (holdsReads) {
            holdsReads = false;
            guard.releaseReads();
        }
    }

    private void grantedByNode() {
        if (state == State.WAITS_FOR_NODE) {
            state = State.HELD;
            releaseReads();
            ready.run();
        }
    }

    private final class InConnection implements ByteBudget.Waiter {
        @Override
        public long bytesWanted() {
            return bytes;
        }

        @Override
        public void granted() {
            if (takeOfNode()) {
                ready.run();
            }
        }
    }

    private final class InNode implements ByteBudget.Waiter {
        @Override
        public long bytesWanted() {
            return bytes;
        }

        @Override
        public void granted() {
            loop.execute(Share.this::grantedByNode);
        }
    }
}
