package io.headrace.client.tail;

import io.headrace.client.JsonText;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kinesis.model.Record;

/** Prints records, whole lines at a time and no more than wished. Any thread. */
final class RecordPrinter implements Sink {
    /** How a record is printed. */
    enum Format {
        /** One JSON object a line; data that is not UTF-8 as {@code dataBase64}. */
        JSON,
        /** Arrival, shard, key and data, separated by tabs. */
        TEXT,
        /** The data alone. */
        RAW
    }

    private final PrintWriter out;
    private final Format format;
    private final long recordsMax;
    private long printed;

    RecordPrinter(PrintWriter out, Format format, long recordsMax) {
        this.out = out;
        this.format = format;
        this.recordsMax = recordsMax;
    }

    @Override
    public synchronized boolean take(String shardId, List<Record> records, long behindMs) {
        for (var record : records) {
            if (printed >= recordsMax) {
                break;
            }
            out.println(line(shardId, record));
            printed++;
        }
        if (!records.isEmpty()) {
            out.flush();
        }
        // An error here is a closed pipe, as `head` leaves behind: nobody reads on.
        return printed < recordsMax && !out.checkError();
    }

    synchronized long printed() {
        return printed;
    }

    private String line(String shardId, Record record) {
        var bytes = record.data().asByteArrayUnsafe();
        return switch (format) {
            case RAW -> text(bytes).orElseGet(() -> base64(bytes));
            case TEXT ->
                    String.join(
                            "\t",
                            String.valueOf(record.approximateArrivalTimestamp()),
                            shardId,
                            record.partitionKey(),
                            text(bytes).orElseGet(() -> base64(bytes)));
            case JSON -> {
                var fields = new LinkedHashMap<String, Object>();
                fields.put("shardId", shardId);
                fields.put("sequenceNumber", record.sequenceNumber());
                fields.put("partitionKey", record.partitionKey());
                fields.put("arrival", String.valueOf(record.approximateArrivalTimestamp()));
                text(bytes)
                        .ifPresentOrElse(
                                text -> fields.put("data", text),
                                () -> fields.put("dataBase64", base64(bytes)));
                yield JsonText.line(fields);
            }
        };
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
