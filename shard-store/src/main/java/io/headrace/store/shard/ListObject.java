package io.headrace.store.shard;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.DamagedBlockException;
import io.headrace.store.segment.ListRef;
import io.headrace.store.segment.SegmentSpan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of a list object, which never changes; any thread. One line, then JSON:
 *
 * <pre>
 * "HRL1 " | CRC-32C of what follows the line, 8 hex digits | "\n" | {format, stream, shard, spans}
 * </pre>
 */
final class ListObject {
    static final int FORMAT = 1;

    private static final String MAGIC = "HRL1 ";
    private static final int HEADER_BYTES = MAGIC.length() + 9;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ListObject() {}

    static ByteBuffer write(ShardKey shard, List<SegmentSpan> spans) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.getFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeStringField("stream", HexFormat.of().toHexDigits(shard.streamId()));
            json.writeNumberField("shard", shard.number());
            json.writeArrayFieldStart("spans");
            for (var span : spans) {
                SpanJson.write(json, span);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't fail to be written", e);
        }
        var content = ByteBuffer.wrap(bytes.toByteArray());
        return ByteBuffer.allocate(HEADER_BYTES + content.remaining())
                .put(header(content))
                .put(content)
                .flip();
    }

    /** The list that holds these, as whoever names it describes it. */
    static ListRef refOf(String name, List<SegmentSpan> spans) {
        long segments = 0;
        long lists = 1;
        long rawBytes = 0;
        long storedBytes = 0;
        for (var span : spans) {
            rawBytes += span.rawBytes();
            storedBytes += span.storedBytes();
            segments += span instanceof ListRef list ? list.segments() : 1;
            lists += span instanceof ListRef list ? list.lists() : 0;
        }
        var first = spans.getFirst();
        var last = spans.getLast();
        return new ListRef(
                name,
                first.level() + 1,
                segments,
                lists,
                first.firstIndex(),
                last.nextIndex(),
                first.firstArrivalMs(),
                last.lastArrivalMs(),
                rawBytes,
                storedBytes);
    }

    /**
     * What the list holds.
     *
     * @throws DamagedBlockException naming it, if it is not what {@code ref} describes
     * @throws RefusedException if a newer build wrote it
     */
    static List<SegmentSpan> read(ShardKey shard, ListRef ref, ByteBuffer bytes) {
        var where = ref.name();
        int length = bytes.remaining() - HEADER_BYTES;
        if (length < 0) {
            throw new DamagedBlockException(where + " has only " + bytes.remaining() + " bytes");
        }
        var json = bytes.slice(bytes.position() + HEADER_BYTES, length);
        var header = bytes.slice(bytes.position(), HEADER_BYTES);
        if (!header.equals(ByteBuffer.wrap(header(json)))) {
            throw new DamagedBlockException(where + " is damaged: its checksum does not match");
        }
        var spans = parse(shard, where, json);
        if (!spans.isEmpty() && isInOrder(spans) && refOf(where, spans).equals(ref)) {
            return spans;
        }
        throw new DamagedBlockException(where + " is not the list of " + ref);
    }

    private static List<SegmentSpan> parse(ShardKey shard, String where, ByteBuffer content) {
        var bytes = new byte[content.remaining()];
        content.get(bytes);
        try {
            var root = JSON.readTree(bytes);
            long format = ManifestJson.number(root, "format");
            if (format > FORMAT) {
                throw RefusedException.fault(
                        "%s has list format %d; this build reads up to %d: a newer Headrace wrote it"
                                .formatted(where, format, FORMAT),
                        null);
            }
            var written =
                    new ShardKey(
                            HexFormat.fromHexDigitsToLong(ManifestJson.text(root, "stream")),
                            Math.toIntExact(ManifestJson.number(root, "shard")));
            if (format != FORMAT || !written.equals(shard)) {
                throw new IllegalArgumentException("format " + format + " of shard " + written);
            }
            return List.copyOf(ManifestJson.list(root, "spans", SpanJson::read));
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new DamagedBlockException(where + " is no list: " + e.getMessage(), e);
        }
    }

    private static boolean isInOrder(List<SegmentSpan> spans) {
        int level = spans.getFirst().level();
        long next = 0;
        for (var span : spans) {
            if (span.level() != level || span.firstIndex() < next) {
                return false;
            }
            next = span.nextIndex();
        }
        return true;
    }

    private static byte[] header(ByteBuffer content) {
        var crc = new CRC32C();
        crc.update(content.duplicate());
        var checksum = HexFormat.of().toHexDigits((int) crc.getValue());
        return (MAGIC + checksum + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
