package io.headrace.router.streams;

import io.headrace.store.shard.ReadResult;
import io.headrace.store.stream.StreamState;

/**
 * Asked before a shard is read by GetRecords or GetShardIterator: enforces the shard's read quota
 * where limits are on. Any thread.
 */
interface ReadAdmission {
    /**
     * Lets a read through.
     *
     * @throws io.headrace.store.RefusedException THROUGHPUT_EXCEEDED over the quota
     */
    void admitRead(StreamState stream, int shard);

    /**
     * Lets a GetShardIterator through.
     *
     * @throws io.headrace.store.RefusedException THROUGHPUT_EXCEEDED over the quota
     */
    void admitIterator(StreamState stream, int shard);

    /** Counts what a read took against the quota of the reads to come. */
    void countRead(StreamState stream, int shard, ReadResult result);

    /** Lets everything through. */
    ReadAdmission UNLIMITED =
            new ReadAdmission() {
                @Override
                public void admitRead(StreamState stream, int shard) {}

                @Override
                public void admitIterator(StreamState stream, int shard) {}

                @Override
                public void countRead(StreamState stream, int shard, ReadResult result) {}
            };
}
