package io.headrace.router.streams;

import io.headrace.router.codec.PutAnswer;
import io.headrace.router.codec.PutBody;
import io.headrace.router.codec.ShardNumbers;
import io.headrace.router.codec.ShardRef;
import io.headrace.router.wire.WireErrors;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.ErrorCode;
import io.headrace.store.HashKey;
import io.headrace.store.RefusedException;
import io.headrace.store.record.BatchMemory;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.Shards;
import io.headrace.store.stream.Encryption;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamState;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One put on its way: its records routed to their shards, appended, and routed again where a shard
 * ended under them. Each step runs on one thread at a time, whichever completed the step before.
 */
final class PutRun {
    /** A reshard takes a few syncs; past this the client may try again itself. */
    private static final long REROUTE_SECONDS_MAX = 10;

    private static final Logger LOG = LoggerFactory.getLogger(PutRun.class);
    private static final String UNKNOWN = "The outcome of the write is unknown.";

    private final PutBody put;
    private final Shards shards;
    private final StreamCatalog catalog;
    private final WriteAdmission admission;
    private final BatchMemory memory;
    private final StreamTraffic traffic;
    private final boolean[] settled;
    private final int[] shardOf;
    private final long[] indexOf;
    private final long[] arrivalOf;
    private final @Nullable RefusedException[] refusalOf;
    private StreamState stream;

    PutRun(
            PutBody put,
            StreamState stream,
            Shards shards,
            StreamCatalog catalog,
            WriteAdmission admission,
            BatchMemory memory,
            StreamTraffic traffic) {
        this.put = put;
        this.stream = stream;
        this.shards = shards;
        this.catalog = catalog;
        this.admission = admission;
        this.memory = memory;
        this.traffic = traffic;
        settled = new boolean[put.count()];
        shardOf = new int[put.count()];
        indexOf = new long[put.count()];
        arrivalOf = new long[put.count()];
        refusalOf = new RefusedException[put.count()];
    }

    /** Completes once every record is stored or refused. */
    CompletableFuture<Void> run() {
        var routing = new Routing(put, stream.shards(), HashKey.newMd5());
        for (int i = 0; i < put.count(); i++) {
            if (!settled[i]) {
                route(routing, i);
            }
        }
        var slots = routing.slots();
        var batches = routing.encode(memory);
        var results = new AppendResult[slots.size()];
        var refusals = new RefusedException[slots.size()];
        var appends = new CompletableFuture<?>[slots.size()];
        for (int s = 0; s < appends.length; s++) {
            int slot = s;
            var shard = slots.get(s);
            appends[s] =
                    shards.append(stream.shardKey(shard.shard()), batches.get(s))
                            .handle((result, failure) -> {
                                if (failure == null) {
                                    results[slot] = result;
                                } else {
                                    refusals[slot] = refusal(failure);
                                }
                                return null;
                            });
        }
        return CompletableFuture.allOf(appends)
                .thenCompose(_ -> settle(routing, results, refusals));
    }

    private void route(Routing routing, int record) {
        var key = routing.keyOf(record);
        int shard = routing.shardOf(key);
        int bytes = put.dataLength(record) + put.keyLength(record);
        shardOf[record] = shard;
        if (admission.admit(stream, shard, key, bytes)) {
            routing.add(record, shard);
        } else {
            settled[record] = true;
            traffic.writeThrottled(stream, shard, 1);
            refusalOf[record] =
                    new RefusedException(
                            ErrorCode.THROUGHPUT_EXCEEDED,
                            "Rate exceeded for shard shardId-%012d in stream %s under account %s."
                                    .formatted(
                                            shard,
                                            stream.name().name(),
                                            stream.name().accountId()));
        }
    }

    private CompletableFuture<Void> settle(
            Routing routing, AppendResult[] results, @Nullable RefusedException[] refusals) {
        boolean again = false;
        tell(routing.slots(), results, refusals);
        for (int i = 0; i < put.count(); i++) {
            int slot = routing.slotOf(i);
            if (slot < 0) {
                continue;
            }
            var refusal = refusals[slot];
            if (refusal != null) {
                settled[i] = true;
                refusalOf[i] = refusal;
                continue;
            }
            switch (results[slot]) {
                case AppendResult.Committed(long firstIndex, long arrivalMs) -> {
                    settled[i] = true;
                    indexOf[i] = firstIndex + routing.positionOf(i);
                    arrivalOf[i] = arrivalMs;
                }
                case AppendResult.Closed() -> again = true;
            }
        }
        return again ? reroute() : CompletableFuture.completedFuture(null);
    }

    private void tell(
            List<Routing.Slot> slots,
            AppendResult[] results,
            @Nullable RefusedException[] refusals) {
        for (int s = 0; s < slots.size(); s++) {
            var slot = slots.get(s);
            var refusal = refusals[s];
            if (refusal == null) {
                if (results[s] instanceof AppendResult.Committed) {
                    traffic.written(stream, slot.shard(), slot.records(), slot.payloadBytes());
                }
            } else if (refusal.code() == ErrorCode.THROUGHPUT_EXCEEDED) {
                traffic.writeThrottled(stream, slot.shard(), slot.records());
            }
        }
    }

    /**
     * A shard ended: waits for the stream's next state, in which its children are open, and goes
     * on.
     */
    private CompletableFuture<Void> reroute() {
        return catalog.superseded(stream)
                .orTimeout(REROUTE_SECONDS_MAX, TimeUnit.SECONDS)
                .handle((_, timeout) -> timeout)
                .thenCompose(timeout -> {
                    if (timeout != null) {
                        refuseRest(
                                ErrorCode.THROUGHPUT_EXCEEDED,
                                "The stream is being resharded; nothing was stored.");
                        return CompletableFuture.completedFuture(null);
                    }
                    var next = catalog.find(stream.name());
                    if (next.isEmpty() || next.get().id() != stream.id()) {
                        refuseRest(
                                ErrorCode.RESOURCE_NOT_FOUND,
                                stream.name().described() + " not found.");
                        return CompletableFuture.completedFuture(null);
                    }
                    stream = next.get();
                    return run();
                });
    }

    private void refuseRest(ErrorCode code, String message) {
        for (int i = 0; i < put.count(); i++) {
            if (!settled[i]) {
                settled[i] = true;
                refusalOf[i] = new RefusedException(code, message);
            }
        }
    }

    /** The PutRecord answer, or the refusal. */
    Buffer answerOne(WireFormat format) {
        var refusal = refusalOf[0];
        if (refusal != null) {
            throw refusal;
        }
        return PutAnswer.one(format, numbers(0), indexOf[0], arrivalOf[0], encrypted());
    }

    /**
     * The PutRecords answer: refusals record by record, but a refusal of the whole where nothing at
     * all was stored and it was no matter of rates.
     */
    Buffer answerMany(WireFormat format) {
        int failed = 0;
        RefusedException fatal = null;
        for (var refusal : refusalOf) {
            if (refusal != null) {
                failed++;
                fatal = refusal.code() == ErrorCode.THROUGHPUT_EXCEEDED ? fatal : refusal;
            }
        }
        if (failed == put.count() && fatal != null) {
            throw fatal;
        }
        if (fatal != null && fatal.told().isEmpty()) {
            // Its records' refusals do not say it.
            LOG.error("records of a put failed", fatal);
        }
        var answer = PutAnswer.many(format, put.count(), failed, encrypted());
        Map<Integer, ShardNumbers> known = new HashMap<>();
        for (int i = 0; i < put.count(); i++) {
            var refusal = refusalOf[i];
            if (refusal == null) {
                int record = i;
                var numbers = known.computeIfAbsent(shardOf[i], _ -> numbers(record));
                answer.stored(numbers, indexOf[i], arrivalOf[i]);
            } else {
                answer.failed(
                        refusal.code() == ErrorCode.THROUGHPUT_EXCEEDED
                                ? WireErrors.typeOf(ErrorCode.THROUGHPUT_EXCEEDED)
                                : "InternalFailure",
                        refusal.told().orElse(UNKNOWN));
            }
        }
        return answer.end();
    }

    private ShardNumbers numbers(int record) {
        int number = shardOf[record];
        var shard = stream.shards().find(number).orElseThrow();
        return new ShardNumbers(new ShardRef(number, shard.createdSeconds()));
    }

    private boolean encrypted() {
        return stream.options().encryption() instanceof Encryption.Kms;
    }

    private static RefusedException refusal(Throwable failure) {
        var cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof RefusedException refused
                ? refused
                : new RefusedException(ErrorCode.INTERNAL_FAILURE, UNKNOWN, cause);
    }
}
