package io.headrace.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.node.StreamGroups;
import io.headrace.router.streams.StreamLookup;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.consumer.StartPosition;
import io.headrace.store.stream.StreamName;
import java.io.IOException;
import java.util.ArrayList;

/** Lists, measures and sets back checkpointed consumers. Any thread; blocks. */
public final class ConsumerAdmin {
    private final StreamGroups groups;
    private final String account;

    public ConsumerAdmin(StreamGroups groups, String account) {
        this.groups = groups;
        this.account = account;
    }

    ObjectNode list(JsonNode request) throws IOException {
        var answer = AdminService.object();
        var names = answer.putArray("Consumers");
        groups.list().forEach(names::add);
        return answer;
    }

    ObjectNode lag(JsonNode request) throws IOException, InterruptedException {
        var answer = AdminService.object();
        var shards = answer.putArray("Shards");
        for (var lag : groups.lag(AdminService.text(request, "Consumer"))) {
            var shard = lag.shard();
            shards.addObject()
                    .put("StreamName", lag.stream().map(StreamName::name).orElse(""))
                    .put("ShardId", shard.shard().shardId())
                    .put("Index", shard.index())
                    .put("NextIndex", shard.nextIndex())
                    .put("RecordsBehind", shard.recordsBehind())
                    .put("MillisBehind", shard.msBehind())
                    .put("Owner", shard.owner());
        }
        var damaged = answer.putArray("DamagedShards");
        for (var shard : groups.damaged(AdminService.text(request, "Consumer"))) {
            damaged.addObject()
                    .put("StreamName", groups.streamOf(shard).map(StreamName::name).orElse(""))
                    .put("ShardId", shard.shardId());
        }
        return answer;
    }

    ObjectNode reset(JsonNode request) throws IOException, InterruptedException {
        var stream = new StreamName(account, AdminService.text(request, "StreamName"));
        var numbers = new ArrayList<Integer>();
        for (var shard : request.path("ShardIds")) {
            numbers.add(StreamLookup.shardNumber(stream, shard.asText()));
        }
        var consumer = AdminService.text(request, "Consumer");
        boolean known = groups.follows(consumer, stream);
        if (!known && !request.path("Create").asBoolean()) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "Consumer %s has no place in %s; to give it one, ask for its creation (--create)."
                            .formatted(consumer, stream.described()));
        }
        int shards = groups.reset(consumer, stream, numbers, position(request));
        return AdminService.object().put("Shards", shards).put("Created", !known);
    }

    ObjectNode delete(JsonNode request) throws IOException {
        groups.delete(AdminService.text(request, "Consumer"));
        return AdminService.object();
    }

    private static StartPosition position(JsonNode request) {
        return switch (AdminService.text(request, "To")) {
            case "TRIM_HORIZON" -> new StartPosition.TrimHorizon();
            case "LATEST" -> new StartPosition.Latest();
            case "AT_TIMESTAMP" ->
                    new StartPosition.AtTime(AdminService.number(request, "TimestampMillis"));
            default ->
                    throw new RefusedException(
                            ErrorCode.VALIDATION,
                            "To must be TRIM_HORIZON, LATEST or AT_TIMESTAMP.");
        };
    }
}
