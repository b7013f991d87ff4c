package io.headrace.router.codec;

import io.headrace.router.wire.RequestBody;
import java.nio.ByteBuffer;
import java.util.Base64;

/** Scans PutRecord and PutRecords in AWS JSON 1.1. */
final class JsonPutScanner extends JsonScanner {
    private static final Base64.Decoder BASE64 = Base64.getDecoder();

    private static final String SYMBOLS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private final PutBody put;
    private final boolean many;

    JsonPutScanner(RequestBody body, PutBody put, boolean many) {
        super(body);
        this.put = put;
        this.many = many;
    }

    void scan() {
        expect('{');
        if (!take('}')) {
            do {
                var member = readMember();
                if (takeNull()) {
                    continue;
                }
                if (member == PutMember.RECORDS && many) {
                    scanRecords();
                } else if (isRecordMember(member) && !many) {
                    scanRecordMember(member);
                } else {
                    scanRequestMember(member);
                }
            } while (take(','));
            expect('}');
        }
        expectEnd();
    }

    private PutMember readMember() {
        readString();
        expect(':');
        return PutMember.of(text, textOffset, textLength);
    }

    private static boolean isRecordMember(PutMember member) {
        return member == PutMember.DATA
                || member == PutMember.PARTITION_KEY
                || member == PutMember.EXPLICIT_HASH_KEY;
    }

    private void scanRequestMember(PutMember member) {
        switch (member) {
            case STREAM_NAME, STREAM_ARN, STREAM_ID, SEQUENCE_NUMBER_FOR_ORDERING -> {
                readString();
                put.setText(member.wireName, textAsString());
            }
            case DRY_RUN -> put.setDryRun(readBoolean());
            case RECORDS, DATA, PARTITION_KEY, EXPLICIT_HASH_KEY, UNKNOWN -> skipValue(1);
        }
    }

    private void scanRecords() {
        put.beginRecords();
        expect('[');
        if (take(']')) {
            return;
        }
        do {
            scanRecord();
        } while (take(','));
        expect(']');
    }

    private void scanRecord() {
        put.beginRecord();
        expect('{');
        if (take('}')) {
            return;
        }
        do {
            var member = readMember();
            if (takeNull()) {
                continue;
            }
            if (isRecordMember(member)) {
                scanRecordMember(member);
            } else {
                skipValue(3);
            }
        } while (take(','));
        expect('}');
    }

    private void scanRecordMember(PutMember member) {
        readString();
        if (member == PutMember.DATA) {
            byte[] data = decodeBase64();
            put.setData(data, 0, data.length);
        } else if (member == PutMember.PARTITION_KEY) {
            if (!Utf8.isValid(text, textOffset, textLength)) {
                throw broken("Invalid UTF-8 in a partition key");
            }
            put.setKey(text, textOffset, textLength);
        } else {
            put.setHashKey(textAsString());
        }
    }

    private byte[] decodeBase64() {
        if (textLength % 4 != 0) {
            // The JDK's decoder takes missing padding; the protocol does not.
            throw broken("Base64 of length " + textLength);
        }
        refuseUnusedBits();
        try {
            // The intrinsic decoder outruns any loop over offsets, even with an array for each
            // record.
            return BASE64.decode(ByteBuffer.wrap(text, textOffset, textLength)).array();
        } catch (IllegalArgumentException e) {
            throw broken("Invalid Base64: " + e.getMessage());
        }
    }

    /** The JDK's decoder drops what the last symbol says beyond the last byte; AWS refuses it. */
    private void refuseUnusedBits() {
        int end = textOffset + textLength;
        if (textLength == 0 || text[end - 1] != '=') {
            return;
        }
        boolean two = text[end - 2] == '=';
        int last = SYMBOLS.indexOf(text[end - (two ? 3 : 2)]);
        if (last >= 0 && (last & (two ? 15 : 3)) != 0) {
            throw broken("Invalid last non-pad Base64 character dectected");
        }
    }
}
