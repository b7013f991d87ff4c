package io.headrace.node.requests;

import io.headrace.node.logging.Logging;
import io.headrace.router.http.RequestLog;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs requests that took longer than they should. Any thread. */
public final class SlowRequests implements RequestLog {
    /** Open for minutes by intent. */
    private static final Set<String> LONG_BY_INTENT = Set.of("SubscribeToShard");

    private final LogWriter writer;
    private final long nanosMax;
    private final Logger log;

    public SlowRequests(LogWriter writer, Duration max) {
        this(writer, max, LoggerFactory.getLogger(Logging.SLOW_REQUESTS));
    }

    SlowRequests(LogWriter writer, Duration max, Logger log) {
        this.writer = writer;
        this.nanosMax = max.toNanos();
        this.log = log;
    }

    @Override
    public void finished(Finished request) {
        if (request.durationNanos() > nanosMax && !LONG_BY_INTENT.contains(request.operation())) {
            writer.offer(() -> write(request));
        }
    }

    private void write(Finished request) {
        log.atWarn()
                .addKeyValue("requestId", request.requestId())
                .addKeyValue("operation", request.operation())
                .addKeyValue("status", request.status())
                .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(request.durationNanos()))
                .addKeyValue("bytesIn", request.bytesIn())
                .addKeyValue("bytesOut", request.bytesOut())
                .addKeyValue("from", request.remoteAddress())
                .log("slow request");
    }
}
