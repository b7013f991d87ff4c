package io.headrace.node.command;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what no one caught. The thread ends, the node goes on. */
final class UncaughtLog implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(UncaughtLog.class);

    @Override
    public void uncaughtException(Thread thread, Throwable error) {
        LOG.error("thread {} ended by an error nobody caught", thread.getName(), error);
    }
}
