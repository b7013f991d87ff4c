package io.headrace.store.shard;

import io.headrace.store.ShardKey;
import java.util.Optional;

/**
 * A shard that this process owns on a shared store.
 *
 * @param journalId of the journal it is written to
 * @param nextIndex of the record that comes next
 * @param lastArrivalMs of its newest record, 0 if it never had one
 * @param journaledBytes in no segment yet
 */
public record OwnedShard(
        ShardKey shard,
        long epoch,
        String journalId,
        long nextIndex,
        long lastArrivalMs,
        long journaledBytes) {
    static Optional<OwnedShard> of(ShardLog log) {
        var bounds = log.bounds();
        return log.holding
                .by()
                .map(owner ->
                        new OwnedShard(
                                log.key,
                                owner.epoch(),
                                owner.journal().id(),
                                bounds.nextIndex(),
                                bounds.lastArrivalMs(),
                                log.journaledBytes()));
    }
}
