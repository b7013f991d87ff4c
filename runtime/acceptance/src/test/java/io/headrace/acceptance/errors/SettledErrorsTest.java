package io.headrace.acceptance.errors;

import io.headrace.testkit.HeadraceNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentInputStatus;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

/** What a plain node refuses: what is not there, what is there already, what makes no sense. */
class SettledErrorsTest extends ProvokedErrors {
    private static final String IN_USE = "ResourceInUseException";
    private static final String INVALID = "InvalidArgumentException";
    private static final String VALIDATION = "ValidationException";

    @Override
    HeadraceNode.Builder node(Path directory) {
        return HeadraceNode.builder();
    }

    @Override
    Map<Pair, Scene.Attempt> table() {
        return all();
    }

    static Map<Pair, Scene.Attempt> all() {
        var table = new TreeMap<Pair, Scene.Attempt>();
        notFound(table);
        contradictions(table);
        arguments(table);
        argumentsOfResources(table);
        validation(table);
        inUse(table);
        table.put(
                new Pair("UpdateShardCount", "LimitExceededException"),
                (c, s) -> {
                    var stream = s.newStream();
                    c.client()
                            .updateShardCount(r ->
                                    r.streamName(stream.name())
                                            .targetShardCount(3)
                                            .scalingType(ScalingType.UNIFORM_SCALING));
                });
        return table;
    }

    private static void notFound(Map<Pair, Scene.Attempt> table) {
        var error = "ResourceNotFoundException";
        ServiceErrors.pairs().stream()
                .filter(pair -> pair.error().equals(error))
                .filter(pair -> !pair.operation().equals("GetRecords"))
                .forEach(pair ->
                        table.put(
                                pair,
                                (c, _) ->
                                        Calls.of(pair.operation())
                                                .make(c, Target.stream("no-such"))));
        table.put(
                new Pair("GetRecords", error),
                (c, s) -> {
                    var stream = s.withIterator(s.newStream());
                    Calls.of("DeleteStream").make(c, stream);
                    Calls.of("GetRecords").make(c, stream);
                });
    }

    /** A name and an ARN that mean two streams, wherever a request has both. */
    private static void contradictions(Map<Pair, Scene.Attempt> table) {
        for (var operation :
                new String[] {
                    "AddTagsToStream",
                    "DecreaseStreamRetentionPeriod",
                    "DeleteStream",
                    "DescribeStream",
                    "DescribeStreamSummary",
                    "DisableEnhancedMonitoring",
                    "EnableEnhancedMonitoring",
                    "GetShardIterator",
                    "IncreaseStreamRetentionPeriod",
                    "ListShards",
                    "ListTagsForStream",
                    "MergeShards",
                    "PutRecord",
                    "PutRecords",
                    "RemoveTagsFromStream",
                    "SplitShard",
                    "StartStreamEncryption",
                    "StopStreamEncryption",
                    "UpdateShardCount",
                    "UpdateStreamWarmThroughput"
                }) {
            table.put(
                    new Pair(operation, INVALID),
                    (c, _) -> Calls.of(operation).make(c, Target.contradicting("errors")));
        }
    }

    private static void arguments(Map<Pair, Scene.Attempt> table) {
        table.put(
                new Pair("CreateStream", INVALID),
                (c, s) ->
                        c.client()
                                .createStream(r ->
                                        r.streamName(s.newName())
                                                .streamModeDetails(m ->
                                                        m.streamMode(StreamMode.PROVISIONED))));
        table.put(
                new Pair("GetRecords", INVALID),
                (c, _) -> c.client().getRecords(r -> r.shardIterator("AAAAforged")));
        table.put(
                new Pair("ListStreams", INVALID),
                (c, _) -> c.client().listStreams(r -> r.nextToken("AAAAforged")));
        table.put(
                new Pair("ListStreamConsumers", INVALID),
                (c, s) -> {
                    var arn = s.newStream().arn();
                    c.client().listStreamConsumers(r -> r.streamARN(arn).nextToken("AAAAforged"));
                });
        table.put(
                new Pair("DescribeStreamConsumer", INVALID),
                (c, _) -> c.client().describeStreamConsumer(r -> r.consumerName("alone")));
        table.put(
                new Pair("DeregisterStreamConsumer", INVALID),
                (c, _) -> c.client().deregisterStreamConsumer(r -> r.consumerName("alone")));
        table.put(
                new Pair("SubscribeToShard", INVALID),
                (c, s) -> {
                    var stream = s.withConsumer(s.newStream(), "one");
                    c.subscribe(stream.consumerArn(), ShardIteratorType.LATEST, "1");
                });
    }

    /** A consumer's ARN where a stream's belongs, and what is no ARN of anything. */
    private static void argumentsOfResources(Map<Pair, Scene.Attempt> table) {
        for (var operation :
                new String[] {
                    "RegisterStreamConsumer", "UpdateMaxRecordSize", "UpdateStreamMode"
                }) {
            table.put(
                    new Pair(operation, INVALID),
                    (c, _) -> Calls.of(operation).make(c, Target.stream("errors/consumer/one:1")));
        }
        for (var operation :
                new String[] {
                    "DeleteResourcePolicy",
                    "GetResourcePolicy",
                    "ListTagsForResource",
                    "UntagResource"
                }) {
            table.put(
                    new Pair(operation, INVALID),
                    (c, _) -> Calls.of(operation).make(c, Target.stream("errors/of/nothing")));
        }
        table.put(
                new Pair("TagResource", INVALID),
                (c, s) -> {
                    var arn = s.newStream().arn();
                    c.client()
                            .tagResource(
                                    r -> r.resourceARN(arn).tags(Map.of("aws:reserved", "yes")));
                });
        table.put(
                new Pair("PutResourcePolicy", INVALID),
                (c, s) -> {
                    var arn = s.newStream().arn();
                    c.client().putResourcePolicy(r -> r.resourceARN(arn).policy("{\"no\":1}"));
                });
    }

    private static void validation(Map<Pair, Scene.Attempt> table) {
        table.put(
                new Pair("CreateStream", VALIDATION),
                (c, s) -> c.client().createStream(r -> r.streamName(s.newName()).shardCount(0)));
        for (var operation : new String[] {"MergeShards", "SplitShard", "UpdateShardCount"}) {
            table.put(
                    new Pair(operation, VALIDATION),
                    (c, s) -> Calls.of(operation).make(c, s.newOnDemandStream()));
        }
        table.put(
                new Pair("UpdateAccountSettings", VALIDATION),
                (c, _) -> {
                    c.client()
                            .updateAccountSettings(r ->
                                    r.minimumThroughputBillingCommitment(m ->
                                            m.status(
                                                    MinimumThroughputBillingCommitmentInputStatus
                                                            .ENABLED)));
                    Calls.of("UpdateAccountSettings").make(c, Target.stream("any"));
                });
        table.put(
                new Pair("UpdateMaxRecordSize", VALIDATION),
                (c, s) -> {
                    var arn = s.newStream().arn();
                    c.client().updateMaxRecordSize(r -> r.streamARN(arn).maxRecordSizeInKiB(1));
                });
        table.put(
                new Pair("UpdateStreamMode", VALIDATION),
                (c, s) -> {
                    var arn = s.newStream().arn();
                    c.client()
                            .updateStreamMode(r ->
                                    r.streamARN(arn)
                                            .warmThroughputMiBps(8)
                                            .streamModeDetails(
                                                    m -> m.streamMode(StreamMode.PROVISIONED)));
                });
        table.put(
                new Pair("UpdateStreamWarmThroughput", VALIDATION),
                (c, s) -> Calls.of("UpdateStreamWarmThroughput").make(c, s.newStream()));
    }

    private static void inUse(Map<Pair, Scene.Attempt> table) {
        table.put(
                new Pair("CreateStream", IN_USE),
                (c, s) -> Calls.of("CreateStream").make(c, s.newStream()));
        table.put(
                new Pair("DeleteStream", IN_USE),
                (c, s) -> Calls.of("DeleteStream").make(c, s.withConsumer(s.newStream(), "one")));
        table.put(
                new Pair("RegisterStreamConsumer", IN_USE),
                (c, s) -> {
                    var stream = s.withConsumer(s.newStream(), "one");
                    Calls.of("RegisterStreamConsumer").make(c, stream);
                });
        table.put(
                new Pair("SubscribeToShard", IN_USE),
                (c, s) -> {
                    var stream = s.withConsumer(s.newStream(), "one");
                    try (var first =
                            c.open(stream.consumerArn(), ShardIteratorType.TRIM_HORIZON, null)) {
                        first.awaitFirst();
                        Calls.of("SubscribeToShard").make(c, stream);
                    }
                });
    }
}
