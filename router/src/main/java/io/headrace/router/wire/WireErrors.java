package io.headrace.router.wire;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where a failure becomes an answer. Names and statuses are those of the service
 * model and, for what is not in it, of the API reference's common errors. Any thread.
 */
public final class WireErrors {
    private static final Logger LOG = LoggerFactory.getLogger(WireErrors.class);

    /** For the others our own fault is no error of the model but a common one of the API. */
    private static final Set<String> DECLARE_INTERNAL_FAILURE =
            Set.of("GetRecords", "GetShardIterator", "PutRecord", "PutRecords");

    private WireErrors() {}

    /** As below, under the name that the model has for it where this operation's errors are. */
    public static ErrorAnswer answer(Throwable failure, String requestId, String operation) {
        var answer = answer(failure, requestId);
        return answer.type().equals("InternalFailure")
                        && DECLARE_INTERNAL_FAILURE.contains(operation)
                ? new ErrorAnswer(answer.status(), "InternalFailureException", answer.message())
                : answer;
    }

    /** What the caller gets to see of a failure; one that is our fault is logged in full here. */
    public static ErrorAnswer answer(Throwable failure, String requestId) {
        var cause = unwrapped(failure);
        return switch (cause) {
            case RefusedException refused -> refused(refused, requestId);
            case WireException wire ->
                    new ErrorAnswer(wire.status(), wire.type(), wire.getMessage());
            default -> {
                LOG.error("request {} failed", requestId, cause);
                yield new ErrorAnswer(500, "InternalFailure", unknownError(requestId));
            }
        };
    }

    /** For a request that is no POST or names no target: 403, sent as XML. */
    public static ErrorAnswer noOperationNamed() {
        return new ErrorAnswer(
                403,
                "AccessDeniedException",
                "Unable to determine service/operation name to be authorized");
    }

    /** For a target with a content type that is neither format: 404, sent as XML. */
    public static ErrorAnswer unknownContentType() {
        return new ErrorAnswer(404, "UnknownOperationException", null);
    }

    /** For a target no service has: 400, sent in the request's format. */
    public static ErrorAnswer unknownOperation() {
        return new ErrorAnswer(400, "UnknownOperationException", null);
    }

    /** The name of an error code in {@code __type}, in event streams and in PutRecords' entries. */
    public static String typeOf(ErrorCode code) {
        return switch (code) {
            case RESOURCE_NOT_FOUND -> "ResourceNotFoundException";
            case RESOURCE_IN_USE -> "ResourceInUseException";
            case LIMIT_EXCEEDED -> "LimitExceededException";
            case INVALID_ARGUMENT -> "InvalidArgumentException";
            case VALIDATION -> "ValidationException";
            case EXPIRED_ITERATOR -> "ExpiredIteratorException";
            case EXPIRED_NEXT_TOKEN -> "ExpiredNextTokenException";
            case THROUGHPUT_EXCEEDED -> "ProvisionedThroughputExceededException";
            case ACCESS_DENIED -> "AccessDeniedException";
            case DRY_RUN -> "DryRunOperationException";
            case KMS_ACCESS_DENIED -> "KMSAccessDeniedException";
            case KMS_DISABLED -> "KMSDisabledException";
            case KMS_INVALID_STATE -> "KMSInvalidStateException";
            case KMS_NOT_FOUND -> "KMSNotFoundException";
            case STORE_FULL, NOT_OWNER -> "ServiceUnavailable";
            case INTERNAL_FAILURE -> "InternalFailure";
        };
    }

    private static ErrorAnswer refused(RefusedException refused, String requestId) {
        var code = refused.code();
        if (code == ErrorCode.INTERNAL_FAILURE) {
            LOG.error("request {} failed", requestId, refused);
        }
        return new ErrorAnswer(
                statusOf(code),
                typeOf(code),
                refused.told().orElseGet(() -> unknownError(requestId)));
    }

    private static String unknownError(String requestId) {
        return "The request processing has failed because of an unknown error; the node's log has request "
                + requestId
                + ".";
    }

    /** SDKs retry any 5xx; a full store heals by itself, so it is the one of them that says so. */
    private static int statusOf(ErrorCode code) {
        return switch (code) {
            case STORE_FULL, NOT_OWNER -> 503;
            case INTERNAL_FAILURE -> 500;
            case RESOURCE_NOT_FOUND,
                    RESOURCE_IN_USE,
                    LIMIT_EXCEEDED,
                    INVALID_ARGUMENT,
                    VALIDATION,
                    EXPIRED_ITERATOR,
                    EXPIRED_NEXT_TOKEN,
                    THROUGHPUT_EXCEEDED,
                    ACCESS_DENIED,
                    DRY_RUN,
                    KMS_ACCESS_DENIED,
                    KMS_DISABLED,
                    KMS_INVALID_STATE,
                    KMS_NOT_FOUND ->
                    400;
        };
    }

    private static Throwable unwrapped(Throwable failure) {
        var cause = failure;
        while (cause instanceof CompletionException || cause instanceof ExecutionException) {
            var inner = cause.getCause();
            if (inner == null) {
                return cause;
            }
            cause = inner;
        }
        return cause;
    }
}
