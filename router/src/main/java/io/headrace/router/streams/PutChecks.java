package io.headrace.router.streams;

import io.headrace.router.codec.PutBody;
import io.headrace.router.codec.Utf8;
import io.headrace.router.wire.ServiceConstraints;
import io.headrace.router.wire.ValueConstraints;
import io.headrace.router.wire.Violations;
import io.headrace.store.ErrorCode;
import io.headrace.store.HashKey;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.StreamOptions;

/**
 * What a put must satisfy, in AWS's order: the model's constraints, then those of the stream. Any
 * thread.
 */
final class PutChecks {
    /** PutRecords takes this much in all, data and keys together. */
    private static final long REQUEST_BYTES_MAX = 10L << 20;

    private final ValueConstraints streamName;
    private final ValueConstraints streamArn;
    private final ValueConstraints streamId;
    private final ValueConstraints hashKey;
    private final ValueConstraints sequenceNumber;
    private final ValueConstraints records;
    private final ValueConstraints partitionKey;

    PutChecks(ServiceConstraints constraints) {
        streamName = constraints.value("StreamName");
        streamArn = constraints.value("StreamARN");
        streamId = constraints.value("StreamId");
        hashKey = constraints.value("HashKey");
        sequenceNumber = constraints.value("SequenceNumber");
        records = constraints.value("PutRecordsRequestEntryList");
        partitionKey = constraints.value("PartitionKey");
    }

    void checkPutRecords(PutBody put) {
        var violations = new Violations();
        if (!put.hasRecords()) {
            violations.absent("records");
        } else if (put.count() < records.min()) {
            violations.lengthBelow("[]", "records", records.min());
        } else if (put.count() > records.max()) {
            violations.lengthAbove("records", records.max());
        }
        for (int i = 0; i < put.count() && !violations.isFull(); i++) {
            checkRecord(put, i, "records." + (i + 1) + ".member.", violations);
        }
        checkStream(put, violations);
        violations.throwIfAny();
    }

    void checkPutRecord(PutBody put) {
        var violations = new Violations();
        sequenceNumber.checkText(
                put.text("SequenceNumberForOrdering"),
                false,
                "sequenceNumberForOrdering",
                violations);
        checkRecord(put, 0, "", violations);
        checkStream(put, violations);
        violations.throwIfAny();
    }

    private void checkStream(PutBody put, Violations violations) {
        streamArn.checkText(put.text("StreamARN"), false, "streamARN", violations);
        streamId.checkText(put.text("StreamId"), false, "streamId", violations);
        streamName.checkText(put.text("StreamName"), false, "streamName", violations);
    }

    private void checkRecord(PutBody put, int i, String path, Violations violations) {
        checkKey(put, i, path, violations);
        if (put.hashKey(i) != null) {
            hashKey.checkText(put.hashKey(i), false, path + "explicitHashKey", violations);
        }
        if (!put.hasData(i)) {
            violations.absent(path + "data");
        } else if (put.dataLength(i) > StreamOptions.RECORD_KIB_MAX * 1024) {
            violations.lengthAbove(path + "data", StreamOptions.RECORD_KIB_MAX * 1024L);
        }
    }

    private void checkKey(PutBody put, int i, String path, Violations violations) {
        if (!put.hasKey(i)) {
            violations.absent(path + "partitionKey");
            return;
        }
        int bytes = put.keyLength(i);
        boolean mayBeTooLong = bytes > partitionKey.max();
        // Only a long key in bytes needs its characters counted.
        int length = mayBeTooLong ? Utf8.count(put.keySource(i), put.keyOffset(i), bytes) : bytes;
        if (length < partitionKey.min() || length > partitionKey.max()) {
            partitionKey.checkText(put.key(i), true, path + "partitionKey", violations);
        }
    }

    /** The stream's own bound on records, and the request's in all. */
    void checkSizes(PutBody put, StreamOptions options, boolean many) {
        long max = options.maxRecordKiB() * 1024L;
        long sum = 0;
        var violations = new Violations();
        for (int i = 0; i < put.count(); i++) {
            sum += put.dataLength(i) + put.keyLength(i);
            // The key counts, and the data is what is too long.
            if ((long) put.dataLength(i) + put.keyLength(i) > max) {
                violations.lengthAbove(many ? "records." + (i + 1) + ".member.data" : "data", max);
            }
        }
        violations.throwIfAny();
        if (many && sum > REQUEST_BYTES_MAX) {
            throw new RefusedException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Records size exceeds " + (REQUEST_BYTES_MAX >> 20) + " MB limit");
        }
    }

    static void checkHashKeys(PutBody put) {
        for (int i = 0; i < put.count(); i++) {
            var explicit = put.hashKey(i);
            if (explicit != null) {
                var _ = parseHashKey(explicit);
            }
        }
    }

    /** An explicit hash key as a point of the key space. */
    static HashKey parseHashKey(String decimal) {
        try {
            return HashKey.parse(decimal);
        } catch (NumberFormatException e) {
            throw new RefusedException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]."
                            + " Specified value was "
                            + decimal,
                    e);
        }
    }
}
