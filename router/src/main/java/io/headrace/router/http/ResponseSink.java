package io.headrace.router.http;

import io.headrace.router.wire.EventSink;
import io.headrace.router.wire.EventStreamMessage;
import io.headrace.router.wire.WireErrors;
import io.headrace.router.wire.WireFormat;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event stream as the answer of an exchange; belongs to the connection's event loop. */
final class ResponseSink implements EventSink {
    private final Exchange exchange;
    private final HttpServerResponse response;
    private final WireFormat format;
    private boolean begun;
    private boolean over;
    private boolean full;
    private long fullSince;
    private @Nullable Runnable writable;
    private final List<Runnable> closed = new ArrayList<>(2);

    ResponseSink(Exchange exchange, HttpServerResponse response, WireFormat format) {
        this.exchange = exchange;
        this.response = response;
        this.format = format;
        response.drainHandler(drained -> drained());
    }

    @Override
    public boolean write(Buffer wholeMessage) {
        if (over) {
            return false;
        }
        begin();
        exchange.facts().bytesOut += wholeMessage.length();
        var _ = response.write(wholeMessage);
        if (response.writeQueueFull() && !full) {
            full = true;
            fullSince = exchange.nanos();
        }
        return !full;
    }

    @Override
    public void onWritable(Runnable next) {
        writable = next;
    }

    @Override
    public void onClosed(Runnable next) {
        if (over) {
            next.run();
        } else {
            closed.add(next);
        }
    }

    @Override
    public void end() {
        if (!over) {
            begin();
            exchange.endStream();
            closed();
        }
    }

    @Override
    public void refuse(Throwable refusal) {
        if (over) {
            return;
        }
        if (begun) {
            var facts = exchange.facts();
            var answer = WireErrors.answer(refusal, facts.requestId);
            facts.errorType = answer.type();
            write(EventStreamMessage.exception(answer, format));
            end();
        } else {
            exchange.refuseStream(refusal);
            closed();
        }
    }

    @Override
    public void execute(Runnable task) {
        exchange.onLoop(task);
    }

    /** The stream is over, whoever ended it. */
    void closed() {
        over = true;
        var listeners = List.copyOf(closed);
        closed.clear();
        listeners.forEach(Runnable::run);
    }

    /** How long the client has left the stream unread, 0 if it has not. */
    long stalledNanos(long now) {
        return full ? now - fullSince : 0;
    }

    private void begin() {
        if (!begun) {
            begun = true;
            exchange.sendStreamHead(EventStreamMessage.CONTENT_TYPE);
        }
    }

    private void drained() {
        full = false;
        if (!over && writable != null) {
            writable.run();
        }
    }
}
