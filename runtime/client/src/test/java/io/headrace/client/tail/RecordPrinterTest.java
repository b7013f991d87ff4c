package io.headrace.client.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.Record;

class RecordPrinterTest {
    private static Record record(byte... data) {
        return Record.builder()
                .sequenceNumber("7")
                .partitionKey("k")
                .approximateArrivalTimestamp(Instant.parse("2026-01-31T12:00:00.250Z"))
                .data(SdkBytes.fromByteArray(data))
                .build();
    }

    private static String printed(RecordPrinter.Format format, Record record) {
        var out = new StringWriter();
        new RecordPrinter(new PrintWriter(out), format, 9).take("s", List.of(record), 0);
        return out.toString();
    }

    @Test
    void everyFormat() {
        var text = record((byte) 'h', (byte) 'i');
        assertThat(printed(RecordPrinter.Format.RAW, text)).isEqualTo("hi\n");
        assertThat(printed(RecordPrinter.Format.TEXT, text))
                .isEqualTo("2026-01-31T12:00:00.250Z\ts\tk\thi\n");
        assertThat(printed(RecordPrinter.Format.JSON, text))
                .isEqualTo(
                        "{\"shardId\":\"s\",\"sequenceNumber\":\"7\",\"partitionKey\":\"k\","
                                + "\"arrival\":\"2026-01-31T12:00:00.250Z\",\"data\":\"hi\"}\n");
    }

    @Test
    void whatIsNotTextIsBase64() {
        var bytes = record((byte) 0xff, (byte) 0);
        assertThat(printed(RecordPrinter.Format.RAW, bytes)).isEqualTo("/wA=\n");
        assertThat(printed(RecordPrinter.Format.JSON, bytes)).contains("\"dataBase64\":\"/wA=\"");
    }

    @Test
    void itEndsAtItsLimit() {
        var out = new StringWriter();
        var printer = new RecordPrinter(new PrintWriter(out), RecordPrinter.Format.RAW, 3);
        var two = List.of(record((byte) 'a'), record((byte) 'b'));
        assertThat(printer.take("s", two, 0)).isTrue();
        assertThat(printer.take("s", two, 0)).isFalse();
        assertThat(out).hasToString("a\nb\na\n");
        assertThat(printer.printed()).isEqualTo(3);
    }
}
