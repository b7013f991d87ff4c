package io.headrace.node.command;

import io.headrace.node.Node;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns SIGTERM and SIGINT into an orderly stop with exit code 0, within a bound. */
final class StopSignal {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

    /** What closing may take on top of draining: the last sync and the seal. */
    private static final Duration CLOSE_MAX = Duration.ofSeconds(15);

    private StopSignal() {}

    static void handle(Node node, Duration drain) {
        var stopping = new Thread(() -> stop(node, drain), "stop");
        Runtime.getRuntime().addShutdownHook(stopping);
    }

    private static void stop(Node node, Duration drain) {
        LOG.info("stopping");
        var closing = Thread.ofPlatform().name("close").daemon().start(node::close);
        boolean closed = false;
        try {
            closed = closing.join(drain.plus(CLOSE_MAX));
        } catch (InterruptedException e) {
            LOG.warn("interrupted while stopping", e);
        }
        if (closed) {
            LOG.info("stopped");
        } else {
            LOG.error("could not stop in time; what was acknowledged is durable all the same");
        }
        // A JVM ended by a signal exits with 128 + its number; an orderly stop is to exit with 0.
        Runtime.getRuntime().halt(closed ? 0 : 1);
    }
}
