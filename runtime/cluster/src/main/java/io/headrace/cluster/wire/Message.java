package io.headrace.cluster.wire;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.stream.ShardLoad;
import io.headrace.store.stream.ShardSpend;
import java.util.List;

/** One question or answer between two nodes; {@link MessageFormat} has the bytes. */
public sealed interface Message {
    /** Asks for something; its answer is never another question. */
    sealed interface Question extends Message {}

    /** Answers a question. */
    sealed interface Answer extends Message {}

    /**
     * Appends to a shard. The sender numbers its appends of one shard: the owner takes them in that
     * order or not at all, and none twice.
     *
     * @param generation grows whenever the sender begins to count anew
     * @param sequence counts from 0 in a generation
     * @param settledBelow of the sequences below the sender has all answers
     */
    record Append(
            ShardKey shard, long generation, long sequence, long settledBelow, RecordBatch batch)
            implements Question {}

    record Read(ShardKey shard, long fromIndex, int recordsMax, int bytesMax) implements Question {}

    record IndexAt(ShardKey shard, long arrivalMs) implements Question {}

    record Bounds(ShardKey shard) implements Question {}

    /** Ends the shard for good. */
    record End(ShardKey shard) implements Question {}

    record Delete(ShardKey shard) implements Question {}

    /**
     * Asks to be told of commits to these shards from now on, for a while; takes the place of what
     * the sender asked for before.
     *
     * @param anew drops what is there: the shards may have been elsewhere meanwhile
     */
    record Subscribe(List<ShardKey> shards, boolean anew) implements Question {
        public Subscribe {
            shards = List.copyOf(shards);
        }
    }

    /** There may be something new in these shards. */
    record Committed(List<ShardKey> shards) implements Question {
        public Committed {
            shards = List.copyOf(shards);
        }
    }

    /** Lets go of the shard if the asked node writes this journal. */
    record Release(String journalId, ShardKey shard) implements Question {}

    /** Something changed in the metadata under this prefix. */
    record Changed(String prefix) implements Question {}

    /** What clients took through the sender of the quotas of shards. */
    record Spent(List<ShardSpend> spends) implements Question {
        public Spent {
            spends = List.copyOf(spends);
        }
    }

    /** What was put through the sender to shards of on-demand streams. */
    record Loaded(List<ShardLoad> loads) implements Question {
        public Loaded {
            loads = List.copyOf(loads);
        }
    }

    /** The sender is about to open the one subscription of a consumer to a shard. */
    record Claim(ShardKey shard, String consumerArn) implements Question {}

    /** What the sender says about itself, in JSON; answered with the same about the asked node. */
    record Hello(String announcement) implements Question {}

    /** Something for operators: the verb says what, the answer is a {@link Text}. */
    record Ask(String verb) implements Question {}

    record Appended(AppendResult result) implements Answer {}

    record Records(ReadResult result) implements Answer {}

    record Index(long index) implements Answer {}

    record Limits(ShardBounds bounds) implements Answer {}

    record Done() implements Answer {}

    /** What became of {@link Release}: false if another node must be meant. */
    record Released(boolean mine) implements Answer {}

    record Text(String text) implements Answer {}

    record Refused(ErrorCode code, String message) implements Answer {
        public RefusedException exception() {
            return new RefusedException(code, message);
        }
    }

    /** Bytes that are no message; nothing of them was done. */
    record Damaged(String reason) implements Message {}
}
