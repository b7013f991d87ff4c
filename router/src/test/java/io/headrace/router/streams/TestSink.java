package io.headrace.router.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.router.wire.ErrorAnswer;
import io.headrace.router.wire.EventSink;
import io.headrace.router.wire.WireErrors;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import software.amazon.eventstream.MessageDecoder;

/**
 * A client of an event stream: keeps what it is sent, read with the SDK's decoder, and can stop
 * reading or go away. Like the real one it holds one listener of each kind. For one thread, whose
 * {@link #run} is the connection's event loop.
 */
@NullMarked
final class TestSink implements EventSink {
    private static final ObjectMapper JSON = new ObjectMapper();

    final List<Event> events = new ArrayList<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final MessageDecoder decoder = new MessageDecoder();
    private @Nullable Runnable writable;
    private @Nullable Runnable closed;
    private boolean full;
    private boolean room = true;
    long reserved;
    private boolean over;
    @Nullable ErrorAnswer refused;

    /** A message: its event or exception type, and its payload. */
    record Event(String type, JsonNode payload) {}

    @Override
    public boolean write(Buffer wholeMessage) {
        if (over) {
            return false;
        }
        decoder.feed(wholeMessage.getBytes());
        for (var message : decoder.getDecodedMessages()) {
            var headers = message.getHeaders();
            var name =
                    Objects.requireNonNull(
                            headers.getOrDefault(":event-type", headers.get(":exception-type")));
            try {
                events.add(new Event(name.getString(), JSON.readTree(message.getPayload())));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return !full;
    }

    @Override
    public boolean reserve(long bytes) {
        reserved = bytes;
        return room;
    }

    /** From now on there is no room for long messages, or there is again. */
    void room(boolean left) {
        room = left;
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
            closed = next;
        }
    }

    @Override
    public void end() {
        close();
    }

    @Override
    public void refuse(Throwable refusal) {
        if (!over) {
            refused = WireErrors.answer(refusal, "request");
            close();
        }
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs what was handed over to the connection's event loop. */
    void run() {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** The connection ends, whoever ends it. */
    void close() {
        if (!over) {
            over = true;
            if (closed != null) {
                closed.run();
            }
        }
    }

    boolean isOver() {
        return over;
    }

    void stopReading() {
        full = true;
    }

    void goOnReading() {
        full = false;
        if (writable != null) {
            writable.run();
        }
        run();
    }

    /** Payloads of the events of records, heartbeats included, since the last call. */
    List<JsonNode> take() {
        var taken =
                events.stream()
                        .filter(event -> event.type().equals("SubscribeToShardEvent"))
                        .map(Event::payload)
                        .toList();
        events.clear();
        return taken;
    }
}
