package io.headrace.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.headrace.node.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Sets up the log: to standard error, because standard output belongs to a command's answer; the
 * audit trail to a file of its own where one is set. Called once at the start.
 */
public final class Logging {
    /** Name of the logger that gets every control-plane call. */
    public static final String AUDIT = "audit";

    /** Name of the logger that gets requests over the time set. */
    public static final String SLOW_REQUESTS = "slow";

    private static final String TERMINAL = "headrace.terminal";

    private Logging() {}

    /**
     * Applies the settings.
     *
     * @throws IOException if the audit file cannot be written: without its trail the node must not
     *     run
     */
    public static void configure(Settings.Log settings) throws IOException {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        toStandardError(context, isJson(settings.format()), level(settings.level()));
        if (settings.audit().isPresent()) {
            auditTo(context, settings.audit().get());
        }
    }

    static void toStandardError(LoggerContext context, boolean json, Level level) {
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(json ? started(new JsonLines(), context) : text(context));
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        root.addAppender(appender);
        // Below warnings these tell of every connection.
        if (level.isGreaterOrEqual(Level.INFO)) {
            context.getLogger("io.netty").setLevel(Level.WARN);
            context.getLogger("io.vertx").setLevel(Level.WARN);
            context.getLogger("com.hazelcast").setLevel(Level.WARN);
            // Takes for an error of ours what a client sent against the protocol; anyone could
            // fill the log with it.
            context.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
        }
    }

    private static void auditTo(LoggerContext context, Path file) throws IOException {
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        var appender = new FileAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setAppend(true);
        appender.setEncoder(started(new JsonLines(), context));
        appender.start();
        if (!appender.isStarted()) {
            throw new IOException("cannot write the audit log " + file);
        }
        var audit = context.getLogger(AUDIT);
        audit.setLevel(Level.INFO);
        audit.setAdditive(false);
        audit.addAppender(appender);
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        var layout = new TextLines();
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setLayout(layout);
        return started(encoder, context);
    }

    private static Encoder<ILoggingEvent> started(
            Encoder<ILoggingEvent> encoder, LoggerContext context) {
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static boolean isJson(Settings.LogFormat format) {
        return switch (format) {
            case JSON -> true;
            case TEXT -> false;
            // The launcher looks: System.console() sees standard input and starts a line editor.
            case AUTO -> !Boolean.getBoolean(TERMINAL);
        };
    }

    private static Level level(Settings.LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
