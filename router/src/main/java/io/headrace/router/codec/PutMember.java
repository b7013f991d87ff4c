package io.headrace.router.codec;

/** The members of PutRecord and PutRecords that the scanners know; any other is skipped. */
enum PutMember {
    RECORDS("Records"),
    DATA("Data"),
    PARTITION_KEY("PartitionKey"),
    EXPLICIT_HASH_KEY("ExplicitHashKey"),
    STREAM_NAME("StreamName"),
    STREAM_ARN("StreamARN"),
    STREAM_ID("StreamId"),
    SEQUENCE_NUMBER_FOR_ORDERING("SequenceNumberForOrdering"),
    DRY_RUN("DryRun"),
    UNKNOWN("");

    private static final PutMember[] KNOWN = values();

    final String wireName;

    PutMember(String wireName) {
        this.wireName = wireName;
    }

    /** The member with this name in ASCII. */
    static PutMember of(byte[] source, int offset, int length) {
        for (var member : KNOWN) {
            if (member.wireName.length() == length && member.matches(source, offset)) {
                return length == 0 ? UNKNOWN : member;
            }
        }
        return UNKNOWN;
    }

    private boolean matches(byte[] source, int offset) {
        for (int i = 0; i < wireName.length(); i++) {
            if (source[offset + i] != wireName.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
