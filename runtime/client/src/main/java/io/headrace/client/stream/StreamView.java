package io.headrace.client.stream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;

/** A stream and its shards as the commands print them, with the names of the API. */
public final class StreamView {
    private StreamView() {}

    /** All shards, open and closed, of every page. */
    public static List<Shard> shards(KinesisClient client, String stream) {
        var shards = new ArrayList<Shard>();
        var page = client.listShards(request -> request.streamName(stream));
        shards.addAll(page.shards());
        while (page.nextToken() != null) {
            var token = page.nextToken();
            page = client.listShards(request -> request.nextToken(token));
            shards.addAll(page.shards());
        }
        return List.copyOf(shards);
    }

    static boolean isOpen(Shard shard) {
        return shard.sequenceNumberRange().endingSequenceNumber() == null;
    }

    static Map<String, Object> of(KinesisClient client, String stream) {
        var summary =
                client.describeStreamSummary(request -> request.streamName(stream))
                        .streamDescriptionSummary();
        var view = of(summary);
        view.put("Shards", shards(client, stream).stream().map(StreamView::of).toList());
        return view;
    }

    static Map<String, Object> of(StreamDescriptionSummary summary) {
        var view = new LinkedHashMap<String, Object>();
        view.put("StreamName", summary.streamName());
        view.put("StreamARN", summary.streamARN());
        view.put("StreamStatus", summary.streamStatusAsString());
        var mode = summary.streamModeDetails();
        putIfKnown(view, "StreamMode", mode == null ? null : mode.streamModeAsString());
        putIfKnown(view, "RetentionPeriodHours", summary.retentionPeriodHours());
        putIfKnown(view, "OpenShardCount", summary.openShardCount());
        putIfKnown(view, "ConsumerCount", summary.consumerCount());
        putIfKnown(view, "EncryptionType", summary.encryptionTypeAsString());
        putIfKnown(view, "MaxRecordSizeInKiB", summary.maxRecordSizeInKiB());
        var created = summary.streamCreationTimestamp();
        putIfKnown(view, "StreamCreationTimestamp", created == null ? null : created.toString());
        return view;
    }

    static Map<String, Object> of(Shard shard) {
        var view = new LinkedHashMap<String, Object>();
        view.put("ShardId", shard.shardId());
        putIfKnown(view, "ParentShardId", shard.parentShardId());
        putIfKnown(view, "AdjacentParentShardId", shard.adjacentParentShardId());
        view.put("StartingHashKey", shard.hashKeyRange().startingHashKey());
        view.put("EndingHashKey", shard.hashKeyRange().endingHashKey());
        view.put("StartingSequenceNumber", shard.sequenceNumberRange().startingSequenceNumber());
        putIfKnown(
                view, "EndingSequenceNumber", shard.sequenceNumberRange().endingSequenceNumber());
        return view;
    }

    private static void putIfKnown(Map<String, Object> view, String name, @Nullable Object value) {
        if (value != null) {
            view.put(name, value);
        }
    }
}
