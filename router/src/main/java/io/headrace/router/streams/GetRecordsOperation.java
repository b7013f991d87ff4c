package io.headrace.router.streams;

import io.headrace.router.codec.ChildShardRef;
import io.headrace.router.codec.RecordsAnswer;
import io.headrace.router.codec.RecordsWriter;
import io.headrace.router.codec.ShardRef;
import io.headrace.router.wire.InputConstraints;
import io.headrace.router.wire.PojoCodec;
import io.headrace.router.wire.RequestContext;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.ShardState;
import io.headrace.store.stream.StreamState;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;

/** GetRecords: an iterator in, records and the next iterator out. Any thread; never blocks. */
final class GetRecordsOperation {
    private static final int RECORDS_MAX = 10_000;
    private static final int BYTES_MAX = 10 << 20;
    private static final int BYTES_MIN = 1 << 20;
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().name("answer").start(task);

    /**
     * Of one answer: what Kinesis gives, but a share of the heap, so that the reads from disk that
     * go on at a time fit. What is written of them is bounded by {@link RequestContext#room}.
     */
    private final int bytesMax =
            Math.clamp(Runtime.getRuntime().maxMemory() / 32, BYTES_MIN, BYTES_MAX);

    private final StreamLookup lookup;
    private final StreamGate gate;
    private final ShardIterators iterators;
    private final Shards shards;
    private final InputConstraints constraints;
    private final ReadAdmission admission;
    private final StreamTraffic traffic;
    private final InstantSource clock;

    GetRecordsOperation(
            StreamLookup lookup,
            StreamGate gate,
            ShardIterators iterators,
            Shards shards,
            InputConstraints constraints,
            ReadAdmission admission,
            StreamTraffic traffic,
            InstantSource clock) {
        this.lookup = lookup;
        this.gate = gate;
        this.iterators = iterators;
        this.shards = shards;
        this.constraints = constraints;
        this.admission = admission;
        this.traffic = traffic;
        this.clock = clock;
    }

    CompletionStage<Buffer> getRecords(byte[] body, RequestContext context) {
        var request = PojoCodec.read(context.format(), body, GetRecordsRequest.builder());
        constraints.check(request);
        var iterator = iterators.open(request.shardIterator());
        var name =
                request.streamARN() == null ? iterator.stream() : lookup.ofArn(request.streamARN());
        gate.check(name, context);
        var stream = gate.serving(name, iterator.shard());
        if (!name.equals(iterator.stream())) {
            throw new RefusedException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The shard iterator is not for " + request.streamARN());
        }
        var place = ShardIterators.place(iterator, stream);
        DryRuns.refuse(body, context.format());
        var shard = place.shard();
        admit(stream, shard);
        int limit = request.limit() == null ? RECORDS_MAX : request.limit();
        return read(stream, shard, place.index(), limit, context);
    }

    /**
     * Takes room for the answer once its size is known, and only then writes it. If there is none
     * it forgets what it read and reads it again when there is: waiting with it, many readers
     * behind would hold the memory they wait for, or keep from the disk those who could be
     * answered.
     */
    private CompletionStage<Buffer> read(
            StreamState stream, ShardState shard, long index, int limit, RequestContext context) {
        return shards.read(stream.shardKey(shard.number()), index, limit, bytesMax)
                .thenCompose(result -> {
                    var size = AnswerSize.of(result, context.format());
                    if (size.isSmall() || context.room().tryTake(size.bytes())) {
                        return write(counted(stream, shard, result), context);
                    }
                    // No more records than these, so that the room is enough.
                    int records = size.records();
                    return context.room()
                            .whenTaken(size.bytes())
                            .thenCompose(_ -> read(stream, shard, index, records, context));
                });
    }

    private RecordsAnswer counted(StreamState stream, ShardState shard, ReadResult result) {
        admission.countRead(stream, shard.number(), result);
        return answer(stream, shard, result);
    }

    /** What is in memory is read on the event loop, where no long answer is written. */
    private static CompletionStage<Buffer> write(RecordsAnswer answer, RequestContext context) {
        return RecordsWriter.isLong(answer)
                ? CompletableFuture.supplyAsync(() -> writeAll(answer, context), VIRTUAL)
                : CompletableFuture.completedFuture(writeAll(answer, context));
    }

    private static Buffer writeAll(RecordsAnswer answer, RequestContext context) {
        return RecordsWriter.write(
                answer, RecordsWriter.Shape.GET_RECORDS, context.format(), context.room()::array);
    }

    private void admit(StreamState stream, ShardState shard) {
        try {
            admission.admitRead(stream, shard.number());
        } catch (RefusedException e) {
            traffic.readThrottled(stream, shard.number());
            throw e;
        }
    }

    private RecordsAnswer answer(StreamState stream, ShardState shard, ReadResult result) {
        boolean caughtUp = result.nextIndex() >= result.bounds().nextIndex();
        long behindMs = millisBehind(result, caughtUp, clock.millis());
        StreamTraffic.read(traffic, stream, shard.number(), result, behindMs);
        boolean atEnd = caughtUp && result.bounds().closed();
        var children =
                atEnd ? iterators.childrenOf(stream, shard.number()) : List.<ChildShardRef>of();
        // Between a shard's end and the opening of its children there is nothing to go on with yet.
        boolean ended = atEnd && !children.isEmpty();
        return new RecordsAnswer(
                new ShardRef(shard.number(), shard.createdSeconds()),
                result.slices(),
                ended ? null : iterators.seal(stream, shard, result.nextIndex()),
                behindMs,
                children);
    }

    /** How far behind the tip a reader is after this: 0 only if nothing is left. */
    static long millisBehind(ReadResult result, boolean caughtUp, long nowMs) {
        if (caughtUp) {
            return 0;
        }
        long lastMs =
                result.slices().isEmpty()
                        ? result.bounds().lastArrivalMs()
                        : result.slices().getLast().block().arrivalMs();
        return Math.max(1, nowMs - lastMs);
    }
}
