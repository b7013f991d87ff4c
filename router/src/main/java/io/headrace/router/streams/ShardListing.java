package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import io.headrace.store.stream.Streams;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;

/** Lists a stream's shards page by page. Reads memory only. */
final class ShardListing {
    static final String KIND = "ListShards";
    static final Duration TOKEN_LIFE = Duration.ofMinutes(5);
    private static final int PAGE = 1_000;

    private final StreamLookup lookup;
    private final StreamTokens tokens;
    private final InstantSource clock;

    ShardListing(StreamLookup lookup, StreamTokens tokens, InstantSource clock) {
        this.lookup = lookup;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Where a page begins. */
    private record Cursor(StreamState stream, ShardSelection selection, int after) {}

    ListShardsResponse list(ListShardsRequest request, RequestContext context) {
        var cursor = request.nextToken() == null ? first(request, context) : following(request);
        int limit = request.maxResults() == null ? PAGE : Math.min(request.maxResults(), 10_000);
        var state = cursor.stream();
        Streams.requireSettled(state);
        var found =
                state.shards().all().stream()
                        .filter(shard -> shard.number() > cursor.after())
                        .filter(cursor.selection()::includes)
                        .limit(limit + 1L)
                        .toList();
        boolean more = found.size() > limit;
        var page = more ? found.subList(0, limit) : found;
        var response = ListShardsResponse.builder().shards(ShardModel.of(page));
        if (more) {
            response.nextToken(
                    tokens.seal(
                            KIND,
                            state.name().accountId(),
                            state.name().name(),
                            HexFormat.of().toHexDigits(state.id()),
                            cursor.selection().encoded(),
                            Integer.toString(page.getLast().number())));
        }
        return response.build();
    }

    /** The stream whose listing a token goes on with, for who must know before it is answered. */
    StreamName streamOf(String nextToken) {
        var fields = NextTokens.open(tokens, KIND, nextToken, TOKEN_LIFE);
        return new StreamName(fields.getFirst(), fields.get(1));
    }

    private Cursor first(ListShardsRequest request, RequestContext context) {
        if (request.streamName() == null && request.streamARN() == null) {
            throw StreamLookup.invalid("Either NextToken or StreamName should be provided.");
        }
        var state = lookup.stream(request.streamName(), request.streamARN(), context);
        checkCreation(state, request.streamCreationTimestamp());
        int after =
                request.exclusiveStartShardId() == null
                        ? -1
                        : StreamLookup.shardNumber(state.name(), request.exclusiveStartShardId());
        var selection = ShardSelection.of(request.shardFilter(), state, clock.millis());
        return new Cursor(state, selection, after);
    }

    private Cursor following(ListShardsRequest request) {
        refuseBeside("StreamName", request.streamName());
        refuseBeside("StreamARN", request.streamARN());
        refuseBeside("ExclusiveStartShardId", request.exclusiveStartShardId());
        refuseBeside("StreamCreationTimestamp", request.streamCreationTimestamp());
        refuseBeside("ShardFilter", request.shardFilter());
        var fields = NextTokens.open(tokens, KIND, request.nextToken(), TOKEN_LIFE);
        var state = lookup.stream(new StreamName(fields.getFirst(), fields.get(1)));
        if (!HexFormat.of().toHexDigits(state.id()).equals(fields.get(2))) {
            throw StreamCatalog.notFound(state.name());
        }
        return new Cursor(
                state, ShardSelection.decode(fields.get(3)), Integer.parseInt(fields.get(4)));
    }

    /** A creation time given tells apart streams that had the same name one after another. */
    static void checkCreation(StreamState state, @Nullable Instant creation) {
        if (creation != null && creation.getEpochSecond() != state.createdMs() / 1000) {
            throw StreamCatalog.notFound(state.name());
        }
    }

    static void refuseBeside(String member, @Nullable Object value) {
        if (value != null) {
            throw StreamLookup.invalid("NextToken and " + member + " cannot be provided together.");
        }
    }
}
