package io.headrace.router.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class WireErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "RESOURCE_NOT_FOUND, 400, ResourceNotFoundException",
        "RESOURCE_IN_USE, 400, ResourceInUseException",
        "LIMIT_EXCEEDED, 400, LimitExceededException",
        "INVALID_ARGUMENT, 400, InvalidArgumentException",
        "VALIDATION, 400, ValidationException",
        "EXPIRED_ITERATOR, 400, ExpiredIteratorException",
        "EXPIRED_NEXT_TOKEN, 400, ExpiredNextTokenException",
        "THROUGHPUT_EXCEEDED, 400, ProvisionedThroughputExceededException",
        "ACCESS_DENIED, 400, AccessDeniedException",
        "DRY_RUN, 400, DryRunOperationException",
        "KMS_ACCESS_DENIED, 400, KMSAccessDeniedException",
        "KMS_DISABLED, 400, KMSDisabledException",
        "KMS_INVALID_STATE, 400, KMSInvalidStateException",
        "KMS_NOT_FOUND, 400, KMSNotFoundException",
        "STORE_FULL, 503, ServiceUnavailable",
        "INTERNAL_FAILURE, 500, InternalFailure"
    })
    void refusals(ErrorCode code, int status, String type) {
        assertThat(WireErrors.answer(new RefusedException(code, "why"), "r-1"))
                .isEqualTo(new ErrorAnswer(status, type, "why"));
    }

    @Test
    void wrappedFailuresAreUnwrapped() {
        var refusal = new RefusedException(ErrorCode.RESOURCE_IN_USE, "why");
        var wrapped = new CompletionException(new ExecutionException(refusal));
        assertThat(WireErrors.answer(wrapped, "r-1").type()).isEqualTo("ResourceInUseException");
        assertThat(WireErrors.answer(new CompletionException("empty", null), "r-1").status())
                .isEqualTo(500);
    }

    /** Names of objects and paths are for who runs the node. */
    @Test
    void whatIsForTheLogIsNotToldToClients() {
        var fault = RefusedException.fault("shards/1/segments/2 is damaged", new Error("cause"));
        assertThat(WireErrors.answer(fault, "r-1"))
                .isEqualTo(WireErrors.answer(new IllegalStateException("a bug"), "r-1"))
                .satisfies(answer -> assertThat(answer.message()).contains("request r-1"));
    }

    @Test
    void refusalsOfTheFrontDoorAreKept() {
        assertThat(
                        WireErrors.answer(
                                new WireException(403, "MissingAuthenticationTokenException", "m"),
                                "r-1"))
                .isEqualTo(new ErrorAnswer(403, "MissingAuthenticationTokenException", "m"));
    }

    @Test
    void faultsOfOursLeakNothing() {
        var answer = WireErrors.answer(new IllegalStateException("/secret/path"), "r-1");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.type()).isEqualTo("InternalFailure");
        assertThat(answer.message()).doesNotContain("secret").contains("r-1");
    }

    @Test
    void ourFaultHasTheNameOfTheModelWhereItHasOne() {
        var bug = new IllegalStateException("a bug");
        assertThat(WireErrors.answer(bug, "r-1", "GetRecords").type())
                .isEqualTo("InternalFailureException");
        assertThat(WireErrors.answer(bug, "r-1", "ListShards").type()).isEqualTo("InternalFailure");
        var refusal = new RefusedException(ErrorCode.VALIDATION, "why");
        assertThat(WireErrors.answer(refusal, "r-1", "GetRecords").type())
                .isEqualTo("ValidationException");
    }

    static Stream<Arguments> codesAndFormats() {
        return Arrays.stream(ErrorCode.values())
                .flatMap(code ->
                        Arrays.stream(WireFormat.values())
                                .map(format -> Arguments.of(code, format)));
    }

    @ParameterizedTest
    @MethodSource("codesAndFormats")
    void theSdkReadsEveryAnswer(ErrorCode code, WireFormat format) {
        var answer = WireErrors.answer(new RefusedException(code, "why ä \"x\""), "r-1");
        var read =
                new SdkProtocol(format).exception(answer.status(), answer.body(format).getBytes());
        assertThat(read.statusCode()).isEqualTo(answer.status());
        assertThat(read.awsErrorDetails().errorCode()).isEqualTo(answer.type());
        assertThat(read.awsErrorDetails().errorMessage()).isEqualTo("why ä \"x\"");
    }

    @ParameterizedTest
    @EnumSource
    void theSdkReadsSerializationExceptions(WireFormat format) {
        var answer = WireErrors.answer(WireException.serialization("broken"), "r-1");
        var read = new SdkProtocol(format).exception(400, answer.body(format).getBytes());
        assertThat(read.awsErrorDetails().errorCode()).isEqualTo("SerializationException");
        assertThat(read.awsErrorDetails().errorMessage()).isEqualTo("broken");
    }

    @Test
    void bodies() {
        assertThat(new ErrorAnswer(400, "AType", "m").body(WireFormat.JSON).toString(UTF_8))
                .isEqualTo("{\"__type\":\"AType\",\"message\":\"m\"}");
        assertThat(WireErrors.unknownOperation().body(WireFormat.JSON).toString(UTF_8))
                .isEqualTo("{\"__type\":\"UnknownOperationException\"}");
        assertThat(
                        WireErrors.answer(WireException.serialization("m"), "r")
                                .body(WireFormat.JSON)
                                .toString(UTF_8))
                .isEqualTo("{\"__type\":\"SerializationException\",\"Message\":\"m\"}");
        assertThat(WireErrors.noOperationNamed().xmlBody().toString(UTF_8))
                .isEqualTo(
                        "<AccessDeniedException>\n"
                                + "  <Message>Unable to determine service/operation name to be"
                                + " authorized</Message>\n"
                                + "</AccessDeniedException>\n");
        assertThat(WireErrors.unknownContentType().xmlBody().toString(UTF_8))
                .isEqualTo("<UnknownOperationException/>\n");
        assertThat(new ErrorAnswer(400, "A", "<&>").xmlBody().toString(UTF_8))
                .contains("&lt;&amp;&gt;");
    }
}
