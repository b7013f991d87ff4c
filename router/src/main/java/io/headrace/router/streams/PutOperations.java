package io.headrace.router.streams;

import io.headrace.router.codec.PutBody;
import io.headrace.router.wire.PojoCodec;
import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.RequestContext;
import io.headrace.router.wire.WireException;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.ErrorCode;
import io.headrace.store.HashKey;
import io.headrace.store.RefusedException;
import io.headrace.store.SequenceNumber;
import io.headrace.store.record.BatchMemory;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamState;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.kinesis.model.PutRecordRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** PutRecord and PutRecords, from the body's bytes to the answer's. Any thread; never blocks. */
final class PutOperations {
    private static final int LONG_ANSWER_RECORDS = 32;

    private final StreamGate gate;
    private final StreamCatalog catalog;
    private final Shards shards;
    private final PutChecks checks;
    private final WriteAdmission admission;
    private final BatchMemory memory = new BatchMemory();

    /** Appends complete on the thread that syncs; a long answer written there delays all. */
    private final Executor answers = task -> Thread.ofVirtual().name("answer").start(task);

    private final StreamTraffic traffic;
    private final InstantSource clock;

    PutOperations(
            StreamGate gate,
            StreamCatalog catalog,
            Shards shards,
            PutChecks checks,
            WriteAdmission admission,
            StreamTraffic traffic,
            InstantSource clock) {
        this.gate = gate;
        this.catalog = catalog;
        this.shards = shards;
        this.checks = checks;
        this.admission = admission;
        this.traffic = traffic;
        this.clock = clock;
    }

    CompletionStage<Buffer> putRecords(RequestBody body, RequestContext context) {
        var put = scan(body, context.format(), PutBody::ofPutRecords, PutRecordsRequest::builder);
        checks.checkPutRecords(put);
        var stream = admit(put, context);
        checks.checkSizes(put, stream.options(), true);
        refuseDryRun(put);
        var run = new PutRun(put, stream, shards, catalog, admission, memory, traffic);
        var done = run.run();
        return put.count() < LONG_ANSWER_RECORDS
                ? done.thenApply(_ -> run.answerMany(context.format()))
                : done.thenApplyAsync(_ -> run.answerMany(context.format()), answers);
    }

    CompletionStage<Buffer> putRecord(RequestBody body, RequestContext context) {
        var put = scan(body, context.format(), PutBody::ofPutRecord, PutRecordRequest::builder);
        checks.checkPutRecord(put);
        var stream = admit(put, context);
        checks.checkSizes(put, stream.options(), false);
        var floor = put.text("SequenceNumberForOrdering");
        var ordered =
                floor == null
                        ? CompletableFuture.completedFuture((Void) null)
                        : checkOrdering(floor, put, stream);
        var run = new PutRun(put, stream, shards, catalog, admission, memory, traffic);
        return ordered.thenCompose(
                        _ -> {
                            refuseDryRun(put);
                            return run.run();
                        })
                .thenApply(_ -> run.answerOne(context.format()));
    }

    /**
     * A body as the scanner sees it. What it refuses is read again as those of all other operations
     * are, which tell in AWS's words what is wrong, if it is not too large for that.
     */
    private static <T extends SdkPojo> PutBody scan(
            RequestBody body,
            WireFormat format,
            BiFunction<RequestBody, WireFormat, PutBody> scanner,
            Supplier<? extends SdkBuilder<?, T>> builder) {
        try {
            return scanner.apply(body, format);
        } catch (WireException scanned) {
            try {
                PojoCodec.read(format, body.bytes(), builder.get());
            } catch (WireException read) {
                throw read.type().equals(scanned.type()) ? read : scanned;
            }
            throw scanned;
        }
    }

    /** What comes next would refuse a hash key out of range. */
    private static void refuseDryRun(PutBody put) {
        if (put.dryRun()) {
            PutChecks.checkHashKeys(put);
            DryRuns.refuse(true);
        }
    }

    private StreamState admit(PutBody put, RequestContext context) {
        return gate.admit(put.text("StreamName"), put.text("StreamARN"), context);
    }

    /**
     * The record's number must come out above the given one. Numbers in a shard only grow, so it is
     * enough that the given one is no later than the shard is now.
     */
    private CompletableFuture<Void> checkOrdering(String floor, PutBody put, StreamState stream) {
        SequenceNumber given;
        try {
            given = SequenceNumber.parse(floor);
        } catch (NumberFormatException e) {
            throw invalidFloor(floor, stream, e);
        }
        var key = new Routing(put, stream.shards(), HashKey.newMd5()).keyOf(0);
        var shard = stream.shards().openAt(key);
        if (given.shardNumber() != shard.number()
                || given.shardCreatedSeconds() != shard.createdSeconds()) {
            // The number of another shard's record orders nothing here, and is no error: callers
            // pass on what their last put was given, whichever shard took it. One from the future
            // nobody was given. Of this shard's own the counter tells, whatever the clock does.
            if (given.arrivalSeconds() * 1000 > clock.millis()) {
                throw invalidFloor(floor, stream, null);
            }
            return CompletableFuture.completedFuture(null);
        }
        return shards.bounds(stream.shardKey(shard.number()))
                .thenAccept(bounds -> {
                    if (given.counter() > bounds.nextIndex()) {
                        throw invalidFloor(floor, stream, null);
                    }
                });
    }

    private static RefusedException invalidFloor(
            String floor, StreamState stream, @Nullable Throwable cause) {
        var message =
                "ExclusiveMinimumSequenceNumber %s used in PutRecord on stream %s under account %s is invalid."
                        .formatted(floor, stream.name().name(), stream.name().accountId());
        return new RefusedException(ErrorCode.INVALID_ARGUMENT, message, cause);
    }
}
