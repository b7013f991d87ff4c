package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headrace.acceptance.UnderTest;
import io.headrace.client.stream.StreamView;
import java.math.BigInteger;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/** Refusals as the Java SDK shows them: the right exception of the model, its status and words. */
@ExtendWith(UnderTest.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedRequestsTest {
    private static final String STREAM = "refused-here";
    private static final SdkBytes DATA = SdkBytes.fromUtf8String("x");

    private final KinesisClient client;

    RefusedRequestsTest(URI endpoint) {
        client = TestClients.blocking(endpoint);
    }

    @BeforeAll
    void makeAStream() {
        Leftovers.delete(client, "refused");
        client.createStream(r -> r.streamName(STREAM).shardCount(1));
        client.waiter().waitUntilStreamExists(r -> r.streamName(STREAM));
        assertThat(StreamView.shards(client, STREAM)).hasSize(1);
    }

    @AfterAll
    void close() {
        client.close();
    }

    private static Arguments refusal(String code, String words, Consumer<KinesisClient> request) {
        return arguments(code, words, request);
    }

    static Stream<Arguments> data() {
        var tooMany =
                Collections.nCopies(
                        501, PutRecordsRequestEntry.builder().partitionKey("a").data(DATA).build());
        var beyond = BigInteger.ONE.shiftLeft(128).toString();
        return Stream.of(
                refusal(
                        "ResourceNotFoundException",
                        "no-such",
                        c ->
                                c.putRecord(
                                        r -> r.streamName("no-such").partitionKey("a").data(DATA))),
                refusal(
                        "ValidationException",
                        "validation error detected",
                        c -> c.putRecord(r -> r.streamName("a b").partitionKey("a").data(DATA))),
                refusal(
                        "ValidationException",
                        "256",
                        c ->
                                c.putRecord(r ->
                                        r.streamName(STREAM)
                                                .partitionKey("a".repeat(257))
                                                .data(DATA))),
                refusal(
                        "ValidationException",
                        "1048576",
                        c ->
                                c.putRecord(r ->
                                        r.streamName(STREAM)
                                                .partitionKey("a")
                                                .data(
                                                        SdkBytes.fromByteArray(
                                                                new byte[(1 << 20) + 1])))),
                refusal(
                        "ValidationException",
                        "500",
                        c -> c.putRecords(r -> r.streamName(STREAM).records(tooMany))),
                refusal(
                        "ValidationException",
                        "records",
                        c -> c.putRecords(r -> r.streamName(STREAM).records(List.of()))),
                refusal(
                        "InvalidArgumentException",
                        "",
                        c ->
                                c.putRecord(r ->
                                        r.streamName(STREAM)
                                                .partitionKey("a")
                                                .explicitHashKey(beyond)
                                                .data(DATA))),
                refusal(
                        "InvalidArgumentException",
                        "",
                        c ->
                                c.putRecord(r ->
                                        r.streamName(STREAM)
                                                .partitionKey("a")
                                                .sequenceNumberForOrdering("1")
                                                .data(DATA))),
                refusal(
                        "InvalidArgumentException",
                        "",
                        c -> c.getRecords(r -> r.shardIterator("AAAAAAAAAAFforged"))),
                refusal(
                        "ResourceNotFoundException",
                        "",
                        c ->
                                c.getShardIterator(r ->
                                        r.streamName(STREAM)
                                                .shardId("shardId-000000000099")
                                                .shardIteratorType("LATEST"))));
    }

    static Stream<Arguments> administration() {
        return Stream.of(
                refusal(
                        "ResourceInUseException",
                        STREAM,
                        c -> c.createStream(r -> r.streamName(STREAM).shardCount(1))),
                refusal(
                        "ValidationException",
                        "shardCount",
                        c -> c.createStream(r -> r.streamName("refused-b").shardCount(0))),
                refusal(
                        "InvalidArgumentException",
                        "",
                        c ->
                                c.increaseStreamRetentionPeriod(
                                        r -> r.streamName(STREAM).retentionPeriodHours(9_000))),
                refusal(
                        "ResourceNotFoundException",
                        "",
                        c ->
                                c.splitShard(r ->
                                        r.streamName(STREAM)
                                                .shardToSplit("shardId-000000000099")
                                                .newStartingHashKey("9"))),
                refusal(
                        "InvalidArgumentException",
                        "",
                        c ->
                                c.splitShard(r ->
                                        r.streamName(STREAM)
                                                .shardToSplit("shardId-000000000000")
                                                .newStartingHashKey("0"))),
                refusal(
                        "ResourceNotFoundException",
                        "",
                        c -> c.deleteStream(r -> r.streamName("no-such"))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource({"data", "administration"})
    void isRefused(String code, String words, Consumer<KinesisClient> request) {
        var refusal = catchThrowableOfType(KinesisException.class, () -> request.accept(client));
        assertThat(refusal).isNotNull();
        assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo(code);
        assertThat(refusal.awsErrorDetails().errorMessage()).isNotBlank().contains(words);
        assertThat(refusal.statusCode()).isEqualTo(400);
        assertThat(refusal.requestId()).isNotBlank();
        // The SDK has a class for each error that the model declares.
        assertThat(refusal.getClass().getSimpleName()).isEqualTo(code);
    }
}
