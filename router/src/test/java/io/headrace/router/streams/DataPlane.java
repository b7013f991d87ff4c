package io.headrace.router.streams;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.router.auth.Authorizer;
import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Origin;
import io.headrace.router.wire.AnswerRoom;
import io.headrace.router.wire.ErrorAnswer;
import io.headrace.router.wire.Operation;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.RequestContext;
import io.headrace.router.wire.ServiceConstraints;
import io.headrace.router.wire.WireErrors;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.ShardKey;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.stream.AccountCatalog;
import io.headrace.store.stream.LoadMeter;
import io.headrace.store.stream.StreamCatalog;
import io.headrace.store.stream.StreamKeys;
import io.headrace.store.stream.StreamLimits;
import io.headrace.store.stream.StreamName;
import io.headrace.store.stream.StreamPeers;
import io.headrace.store.stream.StreamState;
import io.headrace.store.stream.Streams;
import io.headrace.store.stream.TestClock;
import io.headrace.store.stream.Transitions;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullMarked;

/**
 * All operations over shards and objects in memory, spoken to in JSON as a client does, with time
 * that stands still. For one thread.
 */
@NullMarked
final class DataPlane {
    static final String ACCOUNT = "000000000000";
    static final String ARN = "arn:aws:kinesis:us-east-1:" + ACCOUNT + ":stream/";

    final TestClock clock = new TestClock(1_700_000_000_000L);
    final TestTimers timers = new TestTimers(clock);
    final MemoryShards shards = new MemoryShards(clock);
    final StreamCatalog catalog;
    final Transitions transitions;
    final Streams streams;
    final LoadMeter meter = new LoadMeter();
    final StreamQuotas quotas;
    long nanos;
    private final OperationTable table;
    private Caller caller = Caller.root(ACCOUNT);
    private Origin origin = new Origin("127.0.0.1", false, null, null);

    /** Of the calls to come. */
    AnswerRoom room = AnswerRoom.BOUNDLESS;

    private DataPlane(boolean limited, Duration transition, StreamPeers peers) {
        var store = new MemoryStore();
        var identity = new NodeIdentity(ACCOUNT, "us-east-1");
        StreamTokens tokens;
        try {
            catalog = StreamCatalog.open(store, new Random(1));
            tokens = StreamTokens.open(store, clock, new Random(3));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        transitions = new Transitions(catalog, shards, clock, StreamKeys.NONE);
        streams =
                new Streams(
                        catalog,
                        transitions,
                        clock,
                        "us-east-1",
                        limited ? StreamLimits.aws() : StreamLimits.none(),
                        transition);
        var lookup = new StreamLookup(catalog, identity);
        var access = new StreamAccess(new Authorizer(clock), catalog, identity);
        var constraints = ServiceConstraints.kinesis();
        quotas = limited ? StreamQuotas.aws(meter, () -> nanos) : StreamQuotas.none(meter);
        var service = OperationTable.builder().service(StreamOperations.TARGET_PREFIX, constraints);
        new StreamOperations(
                        streams,
                        new AccountCatalog(store, new Random(4)),
                        lookup,
                        tokens,
                        access,
                        quotas,
                        (_, _) -> {},
                        clock)
                .addTo(service);
        new DataOperations(
                        lookup,
                        access,
                        catalog,
                        shards,
                        tokens,
                        constraints,
                        quotas,
                        peers,
                        timers,
                        StreamTraffic.NONE,
                        clock,
                        () -> nanos)
                .addTo(service);
        table = service.and().build();
    }

    static DataPlane create() {
        return new DataPlane(false, Duration.ZERO, StreamPeers.NONE);
    }

    /** With the quotas of AWS. */
    static DataPlane limited() {
        return new DataPlane(true, Duration.ZERO, StreamPeers.NONE);
    }

    /** Whose streams stay CREATING, UPDATING or DELETING so long. */
    static DataPlane slow(Duration transition) {
        return new DataPlane(false, transition, StreamPeers.NONE);
    }

    /** With the quotas of AWS, one of several nodes. */
    static DataPlane beside(StreamPeers peers) {
        return new DataPlane(true, Duration.ZERO, peers);
    }

    DataPlane as(Caller who) {
        caller = who;
        return this;
    }

    /** Whose requests come so from now on. */
    DataPlane from(Origin whence) {
        origin = whence;
        return this;
    }

    DataPlane stream(String name, int shardCount) {
        call("CreateStream", "{'StreamName':'%s','ShardCount':%d}".formatted(name, shardCount));
        return this;
    }

    /** Names of all operations. */
    List<String> operations() {
        var names = new ArrayList<String>();
        table.targets().forEach(target -> names.add(target.substring(target.indexOf('.') + 1)));
        return names;
    }

    StreamState state(String name) {
        return streams.get(new StreamName(ACCOUNT, name));
    }

    ShardKey shard(String stream, int number) {
        return state(stream).shardKey(number);
    }

    /** Calls an operation with a body of JSON whose quotes may be single. */
    JsonNode call(String operation, String body) {
        return ControlPlane.json(answer(operation, body).toString());
    }

    /** As {@link #call} for a call that is to be refused: type and message. */
    String refusal(String operation, String body) {
        try {
            throw new AssertionError(operation + " was answered " + answer(operation, body));
        } catch (RuntimeException e) {
            return said(WireErrors.answer(e, "request"));
        }
    }

    /** As {@link #refusal}, of any operation; "answered" if it was. */
    String outcome(String operation, String body) {
        try {
            if (operation.equals("SubscribeToShard")) {
                var refused = subscribe(body, new TestSink()).refused;
                return refused == null ? "answered" : said(refused);
            }
            answer(operation, body);
            return "answered";
        } catch (RuntimeException e) {
            return said(WireErrors.answer(e, "request"));
        }
    }

    private static String said(ErrorAnswer error) {
        return error.type() + ": " + error.message();
    }

    /** Begins a call that may wait for something. */
    Future<Buffer> begin(String operation, String body) {
        if (!(find(operation) instanceof Operation.Bytes bytes)) {
            throw new AssertionError(operation + " moves no records");
        }
        return bytes.handler()
                .handle(RequestBody.of(utf8(body)), context(operation))
                .toCompletableFuture();
    }

    private Buffer answer(String operation, String body) {
        try {
            return switch (find(operation)) {
                case Operation.Model<?, ?> model -> model.answer(utf8(body), context(operation));
                case Operation.Bytes _ -> begin(operation, body).get();
                case Operation.EventStream _ -> throw new AssertionError("use subscribe");
            };
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }

    /** Subscribes; the client that it returns was refused, or reads. */
    TestSink subscribe(String consumerArn, String shardId, String position) {
        return subscribe(consumerArn, shardId, position, new TestSink());
    }

    TestSink subscribe(String consumerArn, String shardId, String position, TestSink sink) {
        return subscribe(
                "{'ConsumerARN':'%s','ShardId':'%s','StartingPosition':%s}"
                        .formatted(consumerArn, shardId, position),
                sink);
    }

    private TestSink subscribe(String body, TestSink sink) {
        if (!(find("SubscribeToShard") instanceof Operation.EventStream stream)) {
            throw new AssertionError();
        }
        try {
            stream.handler().handle(utf8(body), context("SubscribeToShard"), sink);
        } catch (RuntimeException e) {
            sink.refuse(e);
        }
        sink.run();
        return sink;
    }

    String consumer(String stream, String name) {
        return call(
                        "RegisterStreamConsumer",
                        "{'StreamARN':'%s','ConsumerName':'%s'}".formatted(ARN + stream, name))
                .at("/Consumer/ConsumerARN")
                .asText();
    }

    JsonNode put(String stream, String key, String data) {
        return call(
                "PutRecord",
                "{'StreamName':'%s','PartitionKey':'%s','Data':'%s'}"
                        .formatted(stream, key, base64(data)));
    }

    String iterator(String stream, int shard, String rest) {
        return call("GetShardIterator", iteratorBody(stream, shard, rest))
                .path("ShardIterator")
                .asText();
    }

    static String iteratorBody(String stream, int shard, String rest) {
        return "{'StreamName':'%s','ShardId':'shardId-%012d','ShardIteratorType':%s}"
                .formatted(stream, shard, rest);
    }

    JsonNode read(String iterator) {
        return call("GetRecords", "{'ShardIterator':'" + iterator + "'}");
    }

    JsonNode read(String iterator, int limit) {
        return call("GetRecords", "{'ShardIterator':'%s','Limit':%d}".formatted(iterator, limit));
    }

    /** Data of an answer's records. */
    static List<String> data(JsonNode answer) {
        var data = new ArrayList<String>();
        for (var record : answer.path("Records")) {
            data.add(
                    new String(
                            Base64.getDecoder().decode(record.path("Data").asText()),
                            StandardCharsets.UTF_8));
        }
        return data;
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private Operation find(String operation) {
        return table.find(StreamOperations.TARGET_PREFIX + "." + operation).orElseThrow();
    }

    private RequestContext context(String operation) {
        return new RequestContext("request", operation, caller, WireFormat.JSON, origin, room);
    }

    /** To be served by a front door. */
    OperationTable table() {
        return table;
    }

    private static byte[] utf8(String body) {
        return body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
