package io.headrace.node.logging;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.slf4j.LoggerFactory;

/** Takes what a library logs through {@code java.util.logging} into the node's log. Any thread. */
public final class JulLines extends Handler {
    private JulLines() {}

    /** In place of what the JDK would print; for the whole process. */
    public static void install() {
        LogManager.getLogManager().reset();
        LogManager.getLogManager().getLogger("").addHandler(new JulLines());
    }

    @Override
    public void publish(LogRecord line) {
        var log = LoggerFactory.getLogger(String.valueOf(line.getLoggerName()));
        var level = line.getLevel().intValue();
        // A library's "severe" is a warning to a node that goes on without it.
        if (level >= Level.WARNING.intValue()) {
            log.warn(line.getMessage(), line.getThrown());
        } else if (level >= Level.INFO.intValue()) {
            log.info(line.getMessage(), line.getThrown());
        } else {
            log.debug(line.getMessage(), line.getThrown());
        }
    }

    @Override
    public void flush() {
        // Every line is written at once.
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
