package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.stream.ConsumerState;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamState;
import io.headrace.store.stream.Streams;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.TreeMap;
import software.amazon.awssdk.services.kinesis.model.Consumer;
import software.amazon.awssdk.services.kinesis.model.ConsumerDescription;
import software.amazon.awssdk.services.kinesis.model.DeregisterStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.DeregisterStreamConsumerResponse;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamConsumerResponse;
import software.amazon.awssdk.services.kinesis.model.ListStreamConsumersRequest;
import software.amazon.awssdk.services.kinesis.model.ListStreamConsumersResponse;
import software.amazon.awssdk.services.kinesis.model.RegisterStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.RegisterStreamConsumerResponse;

/** Registers the consumers that SubscribeToShard serves, and tells which there are. */
final class StreamConsumers {
    private static final String KIND = "ListStreamConsumers";
    private static final Duration TOKEN_LIFE = Duration.ofMinutes(5);
    private static final int PAGE_MAX = 100;

    private final Streams streams;
    private final StreamLookup lookup;
    private final StreamTokens tokens;
    private final InstantSource clock;

    StreamConsumers(
            Streams streams, StreamLookup lookup, StreamTokens tokens, InstantSource clock) {
        this.streams = streams;
        this.lookup = lookup;
        this.tokens = tokens;
        this.clock = clock;
    }

    RegisterStreamConsumerResponse register(
            RegisterStreamConsumerRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.ofArn(request.streamARN());
        var tags = new TreeMap<String, String>();
        if (request.hasTags()) {
            TagRules.check(name, request.tags());
            tags.putAll(request.tags());
        }
        var added =
                streams.register(
                        name,
                        new ConsumerState(
                                request.consumerName(),
                                clock.millis(),
                                ConsumerState.Status.CREATING,
                                0,
                                tags,
                                ""));
        // Kinesis answers with CREATING even if the consumer is ready the moment after.
        return RegisterStreamConsumerResponse.builder()
                .consumer(
                        model(name, added).toBuilder()
                                .consumerStatus(ConsumerState.Status.CREATING.name())
                                .build())
                .build();
    }

    DeregisterStreamConsumerResponse deregister(
            DeregisterStreamConsumerRequest request, RequestContext context)
            throws InterruptedException {
        var found =
                lookup.consumer(request.streamARN(), request.consumerName(), request.consumerARN());
        streams.deregister(found.stream().name(), found.consumer().name());
        return DeregisterStreamConsumerResponse.builder().build();
    }

    DescribeStreamConsumerResponse describe(
            DescribeStreamConsumerRequest request, RequestContext context) {
        var found =
                lookup.consumer(request.streamARN(), request.consumerName(), request.consumerARN());
        var stream = found.stream().name();
        var consumer = found.consumer();
        return DescribeStreamConsumerResponse.builder()
                .consumerDescription(
                        ConsumerDescription.builder()
                                .consumerName(consumer.name())
                                .consumerARN(lookup.identity().consumerArn(stream, consumer))
                                .consumerStatus(consumer.status().name())
                                .consumerCreationTimestamp(created(consumer))
                                .streamARN(lookup.identity().streamArn(stream))
                                .build())
                .build();
    }

    ListStreamConsumersResponse list(ListStreamConsumersRequest request, RequestContext context) {
        var state = lookup.stream(lookup.ofArn(request.streamARN()));
        if (request.nextToken() != null) {
            // Before it is compared: not to be given at all is said even of a wrong one.
            ShardListing.refuseBeside("StreamCreationTimestamp", request.streamCreationTimestamp());
        }
        ShardListing.checkCreation(state, request.streamCreationTimestamp());
        var after = startAfter(request, state);
        int limit =
                request.maxResults() == null ? PAGE_MAX : Math.min(request.maxResults(), PAGE_MAX);
        var found =
                state.consumers().stream()
                        .sorted(Comparator.comparing(ConsumerState::name))
                        .filter(consumer -> consumer.name().compareTo(after) > 0)
                        .limit(limit + 1L)
                        .toList();
        boolean more = found.size() > limit;
        var page = more ? found.subList(0, limit) : found;
        var response =
                ListStreamConsumersResponse.builder()
                        .consumers(
                                page.stream()
                                        .map(consumer -> model(state.name(), consumer))
                                        .toList());
        if (more) {
            response.nextToken(
                    tokens.seal(
                            KIND, HexFormat.of().toHexDigits(state.id()), page.getLast().name()));
        }
        return response.build();
    }

    private String startAfter(ListStreamConsumersRequest request, StreamState state) {
        String token = request.nextToken();
        if (token == null) {
            return "";
        }
        var fields = NextTokens.open(tokens, KIND, token, TOKEN_LIFE);
        if (!fields.getFirst().equals(HexFormat.of().toHexDigits(state.id()))) {
            throw StreamLookup.invalid(NextTokens.INVALID);
        }
        return fields.get(1);
    }

    private Consumer model(StreamName stream, ConsumerState consumer) {
        return Consumer.builder()
                .consumerName(consumer.name())
                .consumerARN(lookup.identity().consumerArn(stream, consumer))
                .consumerStatus(consumer.status().name())
                .consumerCreationTimestamp(created(consumer))
                .build();
    }

    private static Instant created(ConsumerState consumer) {
        return Instant.ofEpochSecond(consumer.createdSeconds());
    }
}
