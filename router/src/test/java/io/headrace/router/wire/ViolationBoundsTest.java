package io.headrace.router.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.RemoveTagsFromStreamRequest;

/** What a request can make its refusal cost. */
class ViolationBoundsTest {

    @Test
    void tenViolationsAreNamed() {
        var records = Collections.nCopies(500, PutRecordsRequestEntry.builder().build());
        var refusal =
                catchThrowableOfType(
                        WireException.class,
                        () ->
                                KinesisModel.CONSTRAINTS
                                        .operation("PutRecords")
                                        .check(
                                                PutRecordsRequest.builder()
                                                        .records(records)
                                                        .build()));
        assertThat(refusal).hasMessageStartingWith("10 validation errors detected: ");
        assertThat(refusal).hasMessageContaining("records.5.member.data");
        assertThat(refusal).hasMessageNotContaining("records.6.");
    }

    @Test
    void aHugeValueIsNotSentBack() {
        var refusal =
                catchThrowableOfType(
                        WireException.class,
                        () ->
                                KinesisModel.CONSTRAINTS
                                        .operation("ListShards")
                                        .check(
                                                ListShardsRequest.builder()
                                                        .nextToken("t".repeat(2_000_000))
                                                        .build()));
        assertThat(refusal.getMessage()).hasSizeLessThan(5_000).contains("at 'nextToken'");
    }

    @Test
    void aTextNamedAMillionTimesIsRefused() {
        // 256({"TagKeys": [<text of 1 MB>, 25(0), 25(0), ...]}): references to one text
        var body =
                Buffer.buffer()
                        .appendBytes(
                                HexFormat.of().parseHex("d90100a1675461674b6579739f7a000f4240"))
                        .appendString("t".repeat(1_000_000));
        for (int i = 0; i < 1_000_000; i++) {
            // Of the texts seen, "TagKeys" is 0 and the long one 1.
            body.appendBytes(new byte[] {(byte) 0xd8, 0x19, 0x01});
        }
        body.appendByte((byte) 0xff);
        assertThatThrownBy(() ->
                        PojoCodec.read(
                                WireFormat.CBOR,
                                body.getBytes(),
                                RemoveTagsFromStreamRequest.builder()))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("more text than bytes");
    }

    @Test
    void patternsDoNotRunAway() {
        var arn = "arn:aws" + ":kinesis::000000000000:".repeat(100_000);
        for (int length : List.of(2048, arn.length())) {
            var request =
                    DescribeStreamSummaryRequest.builder()
                            .streamARN(arn.substring(0, length))
                            .build();
            Assertions.assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () ->
                            assertThatThrownBy(() ->
                                            KinesisModel.CONSTRAINTS
                                                    .operation("DescribeStreamSummary")
                                                    .check(request))
                                    .isInstanceOf(WireException.class)
                                    .hasMessageContaining("streamARN"));
        }
    }
}
