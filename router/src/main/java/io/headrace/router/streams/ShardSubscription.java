package io.headrace.router.streams;

import io.headrace.router.codec.ChildShardRef;
import io.headrace.router.codec.RecordsAnswer;
import io.headrace.router.codec.RecordsWriter;
import io.headrace.router.codec.ShardRef;
import io.headrace.router.wire.EventSink;
import io.headrace.router.wire.EventStreamMessage;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.SequenceNumber;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamState;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Pushes a shard to one subscriber: woken by each commit, it reads what is new and writes it as one
 * event, as fast as the connection takes it and the consumer's pace allows, for five minutes. All
 * state belongs to the connection's context; {@link #takenOver} and the wake-ups may come from any
 * thread and only hand over.
 */
final class ShardSubscription {
    static final long LASTS_MS = 300_000;
    private static final long HEARTBEAT_MS = 5_000;
    private static final long RECHECK_MS = 5_000;
    private static final int EVENT_RECORDS_MAX = 10_000;

    /**
     * Raw bytes of an event; a single larger record goes alone, and in Base64 still fits a message.
     */
    private static final int EVENT_BYTES_MAX = 1 << 20;

    private static final String EVENT_TYPE = "SubscribeToShardEvent";

    private final EventSink sink;
    private final WireFormat format;
    private final Shards shards;
    private final StreamState stream;
    private final ShardState shard;
    private final ShardIterators iterators;
    private final Timers timers;
    private final PushAdmission.Pace pace;
    private final StreamTraffic traffic;
    private final InstantSource clock;
    private final Runnable admission;

    private long index;
    private long lastArrivalMs;
    private long waitingArrivalMs;
    private long lastEventMs;
    private boolean reading;
    private boolean wokenWhileReading;
    private boolean writable = true;
    private boolean waitsForRoom;
    private boolean over;
    private Timers.@Nullable Handle deadline;
    private Timers.@Nullable Handle heartbeat;
    private Timers.@Nullable Handle recheck;
    private Timers.@Nullable Handle paced;
    private Shards.@Nullable Registration commits;
    private @Nullable Runnable closed;

    /**
     * @param admission throws once the subscription may go on no more
     */
    ShardSubscription(
            EventSink sink,
            WireFormat format,
            Shards shards,
            StreamState stream,
            ShardState shard,
            long index,
            ShardIterators iterators,
            Timers timers,
            PushAdmission.Pace pace,
            StreamTraffic traffic,
            InstantSource clock,
            Runnable admission) {
        this.sink = sink;
        this.format = format;
        this.shards = shards;
        this.stream = stream;
        this.shard = shard;
        this.index = index;
        this.iterators = iterators;
        this.timers = timers;
        this.pace = pace;
        this.traffic = traffic;
        this.clock = clock;
        this.admission = admission;
    }

    /** Sends the head and begins to push; on the connection's context. */
    void start() {
        sink.onClosed(this::release);
        if (over) {
            return;
        }
        sink.onWritable(() -> {
            writable = true;
            waitsForRoom = false;
            pump();
        });
        write(EventStreamMessage.initialResponse(format));
        deadline = timers.after(LASTS_MS, () -> sink.execute(this::end));
        checkLater();
        commits = shards.onCommit(stream.shardKey(shard.number()), () -> sink.execute(this::pump));
        if (over) {
            release();
            return;
        }
        pump();
    }

    /** Called once when it is over; set before it starts, because a sink takes one listener. */
    void onClosed(Runnable closed) {
        this.closed = closed;
    }

    /**
     * A newer subscription of the same consumer came: this one ends with the reason. Any thread.
     */
    void takenOver() {
        sink.execute(() ->
                refuse(
                        new RefusedException(
                                ErrorCode.RESOURCE_IN_USE,
                                "Another subscription for this consumer and shard has taken over.")));
    }

    /**
     * Reads and pushes until it is caught up, the connection is full, the pace is reached, or a
     * read has to go to the disk.
     */
    private void pump() {
        if (reading) {
            wokenWhileReading = true;
            return;
        }
        boolean more = true;
        while (more && !over && writable && !waitsForRoom && mayPush()) {
            reading = true;
            wokenWhileReading = false;
            var read =
                    shards.read(
                            stream.shardKey(shard.number()),
                            index,
                            EVENT_RECORDS_MAX,
                            EVENT_BYTES_MAX);
            if (!read.isDone()) {
                // Its outcome, good or bad, is read again by push.
                var _ =
                        read.whenComplete((_, _) ->
                                sink.execute(() -> {
                                    if (push(read)) {
                                        pump();
                                    }
                                }));
                return;
            }
            more = push(read);
        }
    }

    /** False if it has to wait for its pace; then it goes on by itself. */
    private boolean mayPush() {
        if (paced != null) {
            return false;
        }
        long waitNanos = pace.waitNanos();
        if (waitNanos == 0) {
            return true;
        }
        paced =
                timers.after(
                        waitNanos / 1_000_000 + 1,
                        () ->
                                sink.execute(() -> {
                                    paced = null;
                                    pump();
                                }));
        return false;
    }

    /** Writes what a finished read found; true if there is more to read. */
    private boolean push(CompletableFuture<ReadResult> read) {
        reading = false;
        if (over) {
            return false;
        }
        if (read.isCompletedExceptionally()) {
            refuse(read.exceptionNow());
            return false;
        }
        var result = read.resultNow();
        if (!hasRoom(result)) {
            return false;
        }
        boolean caughtUp = result.nextIndex() >= result.bounds().nextIndex();
        if (caughtUp && result.bounds().closed() && finish(result)) {
            return false;
        }
        // Also where nothing is given: the read may have passed over what retention took.
        index = result.nextIndex();
        // The first event tells a reader at the tip that it is there, later ones without records
        // come by the timer.
        if (!result.slices().isEmpty() || heartbeat == null) {
            if (!result.slices().isEmpty()) {
                lastArrivalMs = result.slices().getLast().block().arrivalMs();
            }
            writeEvent(result, caughtUp, continuation(), List.of());
            if (heartbeat == null) {
                beatAfter(HEARTBEAT_MS);
            }
        }
        return !caughtUp || wokenWhileReading;
    }

    /** If there is none it reads again when there is, and holds nothing until then. */
    private boolean hasRoom(ReadResult result) {
        var size = AnswerSize.of(result, format);
        waitsForRoom = !size.isSmall() && !sink.reserve(size.bytes());
        if (waitsForRoom) {
            waitingArrivalMs = result.slices().getFirst().block().arrivalMs();
            if (heartbeat == null) {
                beatAfter(HEARTBEAT_MS);
            }
        }
        return !waitsForRoom;
    }

    /** The shard's last event, once its children are known; false if they are not yet. */
    private boolean finish(ReadResult result) {
        var children = iterators.childrenOf(stream, shard.number());
        if (children.isEmpty()) {
            // Closed, but the stream's next state is not committed yet: look again in a moment.
            timers.after(20, () -> sink.execute(this::pump));
            return false;
        }
        writeEvent(result, true, null, children);
        end();
        return true;
    }

    private void writeEvent(
            ReadResult result,
            boolean caughtUp,
            @Nullable String continuation,
            List<ChildShardRef> children) {
        lastEventMs = clock.millis();
        long behindMs = GetRecordsOperation.millisBehind(result, caughtUp, clock.millis());
        StreamTraffic.read(traffic, stream, shard.number(), result, behindMs);
        var answer =
                new RecordsAnswer(
                        new ShardRef(shard.number(), shard.createdSeconds()),
                        result.slices(),
                        continuation,
                        behindMs,
                        children);
        var payload = RecordsWriter.write(answer, RecordsWriter.Shape.SUBSCRIBE_TO_SHARD, format);
        pace.pushed(result);
        write(
                EventStreamMessage.event(
                        EVENT_TYPE, format, payload.length(), out -> out.appendBuffer(payload)));
    }

    /**
     * The number of the last record behind this place: with AFTER_SEQUENCE_NUMBER a reader goes on
     * right here.
     */
    private String continuation() {
        long arrivalSeconds = Math.max(shard.createdSeconds(), lastArrivalMs / 1000);
        return new SequenceNumber(shard.createdSeconds(), shard.number(), index, arrivalSeconds)
                .toString();
    }

    private void write(Buffer message) {
        writable = sink.write(message) && writable;
    }

    /** One timer for all events: it looks how long the last one is past, and waits for the rest. */
    private void beatAfter(long delayMs) {
        heartbeat = timers.after(delayMs, () -> sink.execute(this::beat));
    }

    private void beat() {
        if (over) {
            return;
        }
        // A clock set back must not put the next heartbeat off for longer than one takes.
        long quietMs = Math.max(0, clock.millis() - lastEventMs);
        if (quietMs < HEARTBEAT_MS) {
            beatAfter(HEARTBEAT_MS - quietMs);
            return;
        }
        // One that waits for its pace hears from us soon anyway.
        if (writable && !reading && paced == null) {
            long arrivalMs = waitsForRoom ? waitingArrivalMs : lastArrivalMs;
            var bounds = new ShardBounds(index, index, false, arrivalMs);
            var nothing = new ReadResult(List.of(), index, bounds);
            writeEvent(nothing, !waitsForRoom, continuation(), List.of());
        }
        beatAfter(HEARTBEAT_MS);
    }

    private void checkLater() {
        recheck = timers.after(RECHECK_MS, () -> sink.execute(this::check));
    }

    /** What let it begin may have gone since: the stream, the consumer, the caller's rights. */
    private void check() {
        if (over) {
            return;
        }
        try {
            admission.run();
            checkLater();
        } catch (RefusedException e) {
            refuse(e);
        }
    }

    private void refuse(Throwable reason) {
        if (!over) {
            sink.refuse(reason);
            release();
        }
    }

    private void end() {
        if (!over) {
            sink.end();
            release();
        }
    }

    private void release() {
        over = true;
        if (deadline != null) {
            deadline.cancel();
        }
        if (heartbeat != null) {
            heartbeat.cancel();
        }
        if (recheck != null) {
            recheck.cancel();
        }
        if (paced != null) {
            paced.cancel();
        }
        if (commits != null) {
            commits.close();
        }
        var listener = closed;
        closed = null;
        if (listener != null) {
            listener.run();
        }
    }
}
