package io.headrace.router.streams;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.time.Duration;
import java.util.List;

/** Next tokens, refused as Kinesis refuses them. */
final class NextTokens {
    static final String INVALID = "Invalid NextToken.";

    private NextTokens() {}

    static List<String> open(StreamTokens tokens, String kind, String token, Duration life) {
        return switch (tokens.open(kind, token, life)) {
            case StreamTokens.Opened.Valid valid -> valid.fields();
            case StreamTokens.Opened.Forged forged ->
                    throw new RefusedException(ErrorCode.INVALID_ARGUMENT, INVALID);
            case StreamTokens.Opened.Expired expired ->
                    throw new RefusedException(
                            ErrorCode.EXPIRED_NEXT_TOKEN,
                            "The pagination token passed to the operation has expired: it is good"
                                    + " for "
                                    + life.toSeconds()
                                    + " seconds.");
        };
    }
}
