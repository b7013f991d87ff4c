package io.headrace.router.http;

import io.headrace.router.wire.EventSink;
import io.headrace.router.wire.EventStreamMessage;
import io.headrace.router.wire.WireErrors;
import io.headrace.router.wire.WireFormat;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private @Nullable AnswerShare next;

    /** Of the messages that are not in the socket yet. */
    private final Set<AnswerShare> unsent = new HashSet<>();

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
        var room = roomOf(wholeMessage);
        var written = response.write(wholeMessage);
        if (room != null) {
            unsent.add(room);
            written.onComplete(_ -> {
                unsent.remove(room);
                room.release();
            });
        }
        if (response.writeQueueFull() && !full) {
            full = true;
            fullSince = exchange.nanos();
        }
        return !full;
    }

    private @Nullable AnswerShare roomOf(Buffer message) {
        var room = next;
        next = null;
        if (room == null && message.length() > HeldBytes.CHARGED_ANSWER_BYTES) {
            room = exchange.held().another();
        }
        if (room != null && !room.isWaiting()) {
            room.settle(message.length());
            return room;
        }
        // A small one goes ahead of the large one that waits.
        next = room;
        return null;
    }

    @Override
    public boolean reserve(long bytes) {
        if (over) {
            return false;
        }
        var room = next;
        if (room == null) {
            room = exchange.held().another();
            next = room;
            if (!room.tryTake(bytes)) {
                // Fails only when the stream is over.
                var _ =
                        room.whenTaken(bytes)
                                .whenComplete((_, refusal) -> {
                                    if (refusal == null) {
                                        callWritable();
                                    }
                                });
            }
        }
        return room.isHeld();
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
        if (next != null) {
            next.release();
            next = null;
        }
        var listeners = List.copyOf(closed);
        closed.clear();
        listeners.forEach(Runnable::run);
    }

    /** The exchange is over: nothing more will be sent. */
    void finished() {
        closed();
        // What was written to a stream that was reset may never be told of.
        var left = List.copyOf(unsent);
        unsent.clear();
        left.forEach(AnswerShare::release);
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
        callWritable();
    }

    private void callWritable() {
        boolean waits = next != null && next.isWaiting();
        if (!over && !full && !waits && writable != null) {
            writable.run();
        }
    }
}
