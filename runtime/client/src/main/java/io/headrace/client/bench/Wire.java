package io.headrace.client.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** The two encodings of requests, written by hand: a load generator must not be the slow part. */
enum Wire {
    JSON("application/x-amz-json-1.1") {
        @Override
        byte[] putRecords(String stream, List<Entry> records) {
            var out = new ByteArrayOutputStream(1 << 16);
            ascii(out, "{\"StreamName\":\"" + stream + "\",\"Records\":[");
            for (int i = 0; i < records.size(); i++) {
                ascii(out, i == 0 ? "" : ",");
                record(out, records.get(i));
            }
            ascii(out, "]}");
            return out.toByteArray();
        }

        @Override
        byte[] putRecord(String stream, Entry record) {
            var out = new ByteArrayOutputStream(2048);
            ascii(out, "{\"StreamName\":\"" + stream + "\",");
            // The members of a PutRecords entry are members of PutRecord itself.
            var entry = new ByteArrayOutputStream(2048);
            record(entry, record);
            var bytes = entry.toByteArray();
            out.write(bytes, 1, bytes.length - 1);
            return out.toByteArray();
        }

        @Override
        byte[] getRecords(String iterator, int limit) {
            var text = "{\"ShardIterator\":\"" + iterator + "\",\"Limit\":" + limit + "}";
            return text.getBytes(StandardCharsets.UTF_8);
        }

        private void record(ByteArrayOutputStream out, Entry record) {
            ascii(out, "{\"PartitionKey\":\"" + record.key() + "\",\"Data\":\"");
            out.writeBytes(Base64.getEncoder().encode(record.data()));
            ascii(out, "\"}");
        }
    },

    CBOR("application/x-amz-cbor-1.1") {
        @Override
        byte[] putRecords(String stream, List<Entry> records) {
            var out = new CborOutput();
            out.map(2).text("StreamName").text(stream).text("Records").array(records.size());
            for (var record : records) {
                out.map(2);
                record(out, record);
            }
            return out.toByteArray();
        }

        @Override
        byte[] putRecord(String stream, Entry record) {
            var out = new CborOutput();
            out.map(3).text("StreamName").text(stream);
            record(out, record);
            return out.toByteArray();
        }

        @Override
        byte[] getRecords(String iterator, int limit) {
            var out = new CborOutput();
            out.map(2).text("ShardIterator").text(iterator).text("Limit").integer(limit);
            return out.toByteArray();
        }

        private void record(CborOutput out, Entry record) {
            out.text("PartitionKey").text(record.key()).text("Data").bytes(record.data());
        }
    };

    /** A record to be put; its key needs no escapes in JSON. */
    interface Entry {
        String key();

        byte[] data();
    }

    private final String contentType;

    Wire(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    abstract byte[] putRecords(String stream, List<Entry> records);

    abstract byte[] putRecord(String stream, Entry record);

    abstract byte[] getRecords(String iterator, int limit);

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
