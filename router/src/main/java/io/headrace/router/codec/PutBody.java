package io.headrace.router.codec;

import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PutRecord or PutRecords request as scanned from its bytes: where each record's key and data
 * lie, nothing copied that can be pointed at. Lengths and patterns are not checked here, only that
 * the bytes are what the protocol says. For one thread.
 */
public final class PutBody {
    /** One more than a request may have: enough to refuse it, whatever a hostile body holds. */
    static final int RECORDS_KEPT_MAX = 501;

    private static final byte[] NONE = {};

    private final Map<String, String> texts = new HashMap<>(8);
    private boolean dryRun;
    private boolean recordsPresent;
    private int count;
    private byte[] @Nullable [] keySource = new byte[16][];
    private int[] keyOffset = new int[16];
    private int[] keyLength = new int[16];
    private byte[] @Nullable [] dataSource = new byte[16][];
    private int[] dataOffset = new int[16];
    private int[] dataLength = new int[16];
    private @Nullable String @Nullable [] hashKeys;

    /**
     * Scans a PutRecords body.
     *
     * @throws io.headrace.router.wire.WireException SerializationException if the bytes are not a
     *     request
     */
    public static PutBody ofPutRecords(RequestBody body, WireFormat format) {
        return scan(body, format, true);
    }

    /** Scans a PutRecord body: one record, whose members are the request's. */
    public static PutBody ofPutRecord(RequestBody body, WireFormat format) {
        return scan(body, format, false);
    }

    private static PutBody scan(RequestBody body, WireFormat format, boolean many) {
        var put = new PutBody();
        if (!many) {
            put.beginRecord();
        }
        switch (format) {
            case JSON -> new JsonPutScanner(body, put, many).scan();
            case CBOR -> new CborPutScanner(body, put, many).scan();
        }
        return put;
    }

    /** A text member of the request other than a record's, by wire name. */
    public @Nullable String text(String member) {
        return texts.get(member);
    }

    public boolean dryRun() {
        return dryRun;
    }

    /** True if there was a Records member at all. */
    public boolean hasRecords() {
        return recordsPresent;
    }

    /** Records scanned; stays at 501 for any request that has more. */
    public int count() {
        return count;
    }

    /** True if the record has a partition key. */
    public boolean hasKey(int record) {
        return keySource[record] != null;
    }

    /** True if the record has data, be it empty. */
    public boolean hasData(int record) {
        return dataSource[record] != null;
    }

    /** The array that {@link #keyOffset} is in: UTF-8. */
    public byte[] keySource(int record) {
        var source = keySource[record];
        return source == null ? NONE : source;
    }

    public int keyOffset(int record) {
        return keyOffset[record];
    }

    /** Bytes of UTF-8. */
    public int keyLength(int record) {
        return keyLength[record];
    }

    public String key(int record) {
        return new String(
                keySource(record), keyOffset[record], keyLength[record], StandardCharsets.UTF_8);
    }

    /** The array that {@link #dataOffset} is in. */
    public byte[] dataSource(int record) {
        var source = dataSource[record];
        return source == null ? NONE : source;
    }

    public int dataOffset(int record) {
        return dataOffset[record];
    }

    public int dataLength(int record) {
        return dataLength[record];
    }

    /** The record's explicit hash key as written, if it has one. */
    public @Nullable String hashKey(int record) {
        return hashKeys == null ? null : hashKeys[record];
    }

    void setText(String member, String value) {
        texts.put(member, value);
    }

    void setDryRun(boolean value) {
        dryRun = value;
    }

    /** A Records member begins; one that came before it counts for nothing, as in Jackson. */
    void beginRecords() {
        recordsPresent = true;
        Arrays.fill(keySource, 0, count, null);
        Arrays.fill(dataSource, 0, count, null);
        hashKeys = null;
        count = 0;
    }

    void beginRecord() {
        if (count == RECORDS_KEPT_MAX) {
            keySource[count - 1] = null;
            dataSource[count - 1] = null;
            return;
        }
        if (count == keyLength.length) {
            int capacity = count * 2;
            keySource = Arrays.copyOf(keySource, capacity);
            keyOffset = Arrays.copyOf(keyOffset, capacity);
            keyLength = Arrays.copyOf(keyLength, capacity);
            dataSource = Arrays.copyOf(dataSource, capacity);
            dataOffset = Arrays.copyOf(dataOffset, capacity);
            dataLength = Arrays.copyOf(dataLength, capacity);
            if (hashKeys != null) {
                hashKeys = Arrays.copyOf(hashKeys, capacity);
            }
        }
        count++;
    }

    void setKey(byte[] source, int offset, int length) {
        keySource[count - 1] = source;
        keyOffset[count - 1] = offset;
        keyLength[count - 1] = length;
    }

    void setData(byte[] source, int offset, int length) {
        dataSource[count - 1] = source;
        dataOffset[count - 1] = offset;
        dataLength[count - 1] = length;
    }

    void setHashKey(String decimal) {
        if (hashKeys == null) {
            hashKeys = new String[keyLength.length];
        }
        hashKeys[count - 1] = decimal;
    }
}
