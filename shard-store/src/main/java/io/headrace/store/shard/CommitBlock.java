package io.headrace.store.shard;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends to one shard that will be one block. The writing thread gathers and builds it, then the
 * syncing thread settles it.
 */
final class CommitBlock {
    final ShardLog log;
    final ShardLog.Owner owner;
    private final List<Request.Append> appends = new ArrayList<>();
    private int bodyBytes;
    private int records;
    private @Nullable Block plain;
    private @Nullable Block stored;
    private long position;
    private boolean counts;

    CommitBlock(ShardLog log, ShardLog.Owner owner) {
        this.log = log;
        this.owner = owner;
    }

    void add(Request.Append append) {
        appends.add(append);
        bodyBytes += append.batch().length();
        records += append.batch().count();
    }

    int bodyBytes() {
        return bodyBytes;
    }

    int records() {
        return records;
    }

    List<Request.Append> appends() {
        return appends;
    }

    /** Gives the records their place. */
    Block build(long arrivalMs) {
        var built = sealed(arrivalMs);
        plain = built;
        log.assignedNext = built.nextIndex();
        log.assignedArrivalMs = arrivalMs;
        return built;
    }

    private Block sealed(long arrivalMs) {
        if (appends.size() == 1) {
            var batch = appends.getFirst().batch();
            return BlockBuilder.sealAlone(
                    batch, log.key, owner.epoch(), log.assignedNext, arrivalMs);
        }
        var builder = new BlockBuilder(bodyBytes);
        for (var append : appends) {
            builder.add(append.batch());
        }
        return builder.seal(log.key, owner.epoch(), log.assignedNext, arrivalMs);
    }

    /** Takes the place back: nothing was written. */
    void unassign() {
        var built = plain;
        if (built != null) {
            log.assignedNext = Math.min(log.assignedNext, built.firstIndex());
        }
    }

    void stored(Block block) {
        stored = block;
    }

    Block stored() {
        return present(stored);
    }

    void at(long journalPosition) {
        position = journalPosition;
    }

    void publish(long entry) {
        var readable = present(plain);
        counts =
                log.publish(
                        owner,
                        entry,
                        position,
                        stored().length(),
                        stored().isStoredEncrypted()
                                ? readable.asDecrypted(stored().dataKeyNumber())
                                : readable);
    }

    /** Whether it is part of the shard for good, once it was published. */
    boolean counts() {
        return counts;
    }

    void acknowledge(RequestQueue queue) {
        if (!counts) {
            refuse(
                    new RefusedException(
                            ErrorCode.INTERNAL_FAILURE,
                            "the outcome of the write is unknown: " + log + " was lost meanwhile"),
                    queue);
            return;
        }
        var block = present(plain);
        long index = block.firstIndex();
        for (var append : appends) {
            queue.giveBack(append.batch().length());
            append.answer().complete(new AppendResult.Committed(index, block.arrivalMs()));
            index += append.batch().count();
        }
    }

    void refuse(RefusedException refusal, RequestQueue queue) {
        for (var append : appends) {
            append.refuse(refusal, queue);
        }
    }

    /** It was written and will never count: the journal needs not keep it. */
    void release() {
        owner.journal().release(position);
    }

    private static Block present(@Nullable Block block) {
        if (block == null) {
            throw new IllegalStateException("not built yet");
        }
        return block;
    }
}
