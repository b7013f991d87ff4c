package io.headrace.router.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Origin;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamResponse;

class OperationTableTest {
    private static final RequestContext CONTEXT =
            new RequestContext(
                    "r-1",
                    "DescribeStream",
                    Caller.root("000000000000"),
                    WireFormat.JSON,
                    new Origin("127.0.0.1", false, null, null));

    private static OperationTable table() {
        return OperationTable.builder()
                .service("Kinesis_20131202", KinesisModel.CONSTRAINTS)
                .model(
                        "DescribeStream",
                        DescribeStreamRequest::builder,
                        (request, context) ->
                                DescribeStreamResponse.builder()
                                        .streamDescription(description ->
                                                description.streamName(request.streamName()))
                                        .build())
                .bytes(
                        "PutRecords",
                        (body, context) ->
                                CompletableFuture.completedFuture(Buffer.buffer(body.bytes())))
                .eventStream("SubscribeToShard", (body, context, sink) -> sink.end())
                .and()
                .service("Other_1", KinesisModel.CONSTRAINTS)
                .bytes(
                        "PutRecords",
                        (body, context) -> CompletableFuture.completedFuture(Buffer.buffer()))
                .and()
                .build();
    }

    @Test
    void findsByTarget() {
        var table = table();
        assertThat(table.find("Kinesis_20131202.DescribeStream"))
                .containsInstanceOf(Operation.Model.class);
        assertThat(table.find("Kinesis_20131202.PutRecords"))
                .containsInstanceOf(Operation.Bytes.class);
        assertThat(table.find("Kinesis_20131202.SubscribeToShard"))
                .containsInstanceOf(Operation.EventStream.class);
        assertThat(table.find("Other_1.PutRecords")).isPresent();
        assertThat(table.find("Other_1.DescribeStream")).isEmpty();
        assertThat(table.find("DescribeStream")).isEmpty();
        assertThat(table.find("")).isEmpty();
        assertThat(table.find(null)).isEmpty();
    }

    @Test
    void answersOnTheModel() throws InterruptedException {
        var operation =
                (Operation.Model<?, ?>)
                        table().find("Kinesis_20131202.DescribeStream").orElseThrow();
        assertThat(
                        operation
                                .answer("{\"StreamName\":\"s\"}".getBytes(UTF_8), CONTEXT)
                                .toString(UTF_8))
                .isEqualTo("{\"StreamDescription\":{\"StreamName\":\"s\"}}");
        assertThatThrownBy(() -> operation.answer("{\"StreamName\":\"\"}".getBytes(UTF_8), CONTEXT))
                .isInstanceOf(WireException.class)
                .hasMessageStartingWith("2 validation errors detected: ");
        assertThatThrownBy(() -> operation.answer(new byte[0], CONTEXT))
                .isInstanceOf(WireException.class)
                .extracting(thrown -> ((WireException) thrown).type())
                .isEqualTo("SerializationException");
    }

    @Test
    void twoOfAKindAreRefused() {
        var service =
                OperationTable.builder()
                        .service("Kinesis_20131202", KinesisModel.CONSTRAINTS)
                        .eventStream("SubscribeToShard", (body, context, sink) -> sink.end());
        assertThatThrownBy(() ->
                        service.eventStream(
                                "SubscribeToShard", (body, context, sink) -> sink.end()))
                .hasMessageContaining("Kinesis_20131202.SubscribeToShard");
        assertThatThrownBy(() ->
                        service.model(
                                "Nonsense",
                                DescribeStreamRequest::builder,
                                (request, context) -> DescribeStreamResponse.builder().build()))
                .hasMessageContaining("Nonsense");
    }
}
