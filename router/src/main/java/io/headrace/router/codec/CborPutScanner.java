package io.headrace.router.codec;

import io.headrace.router.wire.RequestBody;
import java.nio.charset.StandardCharsets;

/** Scans PutRecord and PutRecords in AWS CBOR 1.1: data stays where it is in the body. */
final class CborPutScanner extends CborScanner {
    private final PutBody put;
    private final boolean many;

    CborPutScanner(RequestBody body, PutBody put, boolean many) {
        super(body);
        this.put = put;
        this.many = many;
    }

    void scan() {
        long left = begin(MAP);
        while (more(left)) {
            scanMember();
            left = lessOne(left);
        }
        if (position != bodyEnd) {
            throw broken("Unexpected bytes after the request");
        }
    }

    private PutMember readMember() {
        readString(TEXT);
        return PutMember.of(text, textOffset, textLength);
    }

    private void scanMember() {
        var member = readMember();
        if (takeNull()) {
            return;
        }
        switch (member) {
            case RECORDS -> {
                if (many) {
                    scanRecords();
                } else {
                    skipValue(1);
                }
            }
            case DATA, PARTITION_KEY, EXPLICIT_HASH_KEY -> {
                if (many) {
                    skipValue(1);
                } else {
                    scanRecordMember(member);
                }
            }
            case STREAM_NAME, STREAM_ARN, STREAM_ID, SEQUENCE_NUMBER_FOR_ORDERING ->
                    put.setText(member.wireName, readText());
            case DRY_RUN -> put.setDryRun(readBoolean());
            case UNKNOWN -> skipValue(1);
        }
    }

    private void scanRecords() {
        put.beginRecords();
        long left = begin(ARRAY);
        while (more(left)) {
            put.beginRecord();
            scanRecord();
            left = lessOne(left);
        }
    }

    private void scanRecord() {
        long left = begin(MAP);
        while (more(left)) {
            var member = readMember();
            if (!takeNull()) {
                switch (member) {
                    case DATA, PARTITION_KEY, EXPLICIT_HASH_KEY -> scanRecordMember(member);
                    case RECORDS,
                            STREAM_NAME,
                            STREAM_ARN,
                            STREAM_ID,
                            SEQUENCE_NUMBER_FOR_ORDERING,
                            DRY_RUN,
                            UNKNOWN ->
                            skipValue(3);
                }
            }
            left = lessOne(left);
        }
    }

    private void scanRecordMember(PutMember member) {
        if (member == PutMember.DATA) {
            readString(BYTES);
            put.setData(text, textOffset, textLength);
        } else if (member == PutMember.PARTITION_KEY) {
            readString(TEXT);
            if (!Utf8.isValid(text, textOffset, textLength)) {
                throw broken("Invalid UTF-8 in a partition key");
            }
            put.setKey(text, textOffset, textLength);
        } else {
            put.setHashKey(readText());
        }
    }

    private String readText() {
        readString(TEXT);
        if (!Utf8.isValid(text, textOffset, textLength)) {
            throw broken("Invalid UTF-8 in a string");
        }
        return new String(text, textOffset, textLength, StandardCharsets.UTF_8);
    }
}
