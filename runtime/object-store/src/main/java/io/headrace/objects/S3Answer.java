package io.headrace.objects;

import io.minio.Xml;
import io.minio.errors.XmlParserException;
import io.minio.messages.ErrorResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import okhttp3.Headers;

/** What the server said, read to its end. */
record S3Answer(int status, Headers headers, ByteBuffer body) {
    private static final Set<Integer> WORTH_ANOTHER_TRY =
            Set.of(408, 429, 499, 500, 502, 503, 504, 520);
    private static final Set<String> PASSING =
            Set.of("RequestTimeout", "SlowDown", "Throttling", "InternalError");
    private static final Set<String> FULL =
            Set.of(
                    "XMinioStorageFull",
                    "XMinioAdminBucketQuotaExceeded",
                    "QuotaExceeded",
                    "StorageFull",
                    "InsufficientStorage");
    private static final Set<String> KEYS_ARE_WRONG =
            Set.of(
                    "InvalidAccessKeyId",
                    "SignatureDoesNotMatch",
                    "ExpiredToken",
                    "InvalidToken",
                    "TokenRefreshRequired");
    private static final int MESSAGE_CHARS_MAX = 300;

    S3Answer {
        body = body.slice().asReadOnlyBuffer();
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The server's word for its refusal, as {@code NoSuchKey}; empty if it gave none. */
    String code() {
        return error().map(ErrorResponse::code).map(Objects::toString).orElse("");
    }

    /** The name is there already. */
    boolean isTaken() {
        return status == 412;
    }

    /** Another write or delete of the name was under way; nothing was done. */
    boolean isConflict() {
        return status == 409;
    }

    boolean isMissingObject() {
        return status == 404 && !code().equals("NoSuchBucket");
    }

    boolean isFull() {
        return status == 507 || FULL.contains(code());
    }

    boolean isWorthAnotherTry() {
        return WORTH_ANOTHER_TRY.contains(status) || (status >= 400 && PASSING.contains(code()));
    }

    boolean saysKeysAreWrong() {
        return KEYS_ARE_WRONG.contains(code());
    }

    /** Status, code and message in a line. */
    String refusal() {
        var words = new StringBuilder("answered ").append(status);
        error().ifPresent(error ->
                words.append(' ')
                        .append(error.code())
                        .append(": ")
                        .append(oneLine(String.valueOf(error.message()))));
        return words.toString();
    }

    private Optional<ErrorResponse> error() {
        if (isSuccess() || !body.hasRemaining()) {
            return Optional.empty();
        }
        try {
            var text = StandardCharsets.UTF_8.decode(body.duplicate()).toString();
            return Optional.of(Xml.unmarshal(ErrorResponse.class, text));
        } catch (XmlParserException e) {
            // A gateway's page: the status says what there is to say.
            return Optional.empty();
        }
    }

    private static String oneLine(String message) {
        var line = message.replaceAll("\\s+", " ");
        return line.length() > MESSAGE_CHARS_MAX ? line.substring(0, MESSAGE_CHARS_MAX) : line;
    }
}
