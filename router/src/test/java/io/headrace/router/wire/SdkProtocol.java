package io.headrace.router.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ClientEndpointProvider;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.client.config.SdkClientConfiguration;
import software.amazon.awssdk.core.client.config.SdkClientOption;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.protocols.cbor.AwsCborProtocolFactory;
import software.amazon.awssdk.protocols.core.ExceptionMetadata;
import software.amazon.awssdk.protocols.json.AwsJsonProtocol;
import software.amazon.awssdk.protocols.json.AwsJsonProtocolFactory;
import software.amazon.awssdk.protocols.json.BaseAwsJsonProtocolFactory;
import software.amazon.awssdk.protocols.json.JsonOperationMetadata;
import software.amazon.awssdk.services.kinesis.model.KinesisException;

/** The SDK's own protocol code, without its client: what it would send, and what it would read. */
final class SdkProtocol {
    private static final JsonOperationMetadata METADATA =
            JsonOperationMetadata.builder()
                    .hasStreamingSuccessResponse(false)
                    .isPayloadJson(true)
                    .build();

    private final BaseAwsJsonProtocolFactory factory;

    SdkProtocol(WireFormat format) {
        var configuration =
                SdkClientConfiguration.builder()
                        .option(
                                SdkClientOption.CLIENT_ENDPOINT_PROVIDER,
                                ClientEndpointProvider.forEndpointOverride(
                                        URI.create("http://127.0.0.1/")))
                        .build();
        factory =
                switch (format) {
                    case JSON ->
                            AwsJsonProtocolFactory.builder()
                                    .clientConfiguration(configuration)
                                    .defaultServiceExceptionSupplier(KinesisException::builder)
                                    .protocol(AwsJsonProtocol.AWS_JSON)
                                    .protocolVersion("1.1")
                                    .build();
                    case CBOR ->
                            AwsCborProtocolFactory.builder()
                                    .clientConfiguration(configuration)
                                    .defaultServiceExceptionSupplier(KinesisException::builder)
                                    .protocol(AwsJsonProtocol.AWS_JSON)
                                    .protocolVersion("1.1")
                                    .build();
                };
    }

    String contentType() {
        return factory.getContentType();
    }

    /** The body the SDK sends for a request. */
    byte[] marshal(String operation, SdkPojo request) {
        try {
            var marshaller =
                    Class.forName(
                                    "software.amazon.awssdk.services.kinesis.transform."
                                            + operation
                                            + "RequestMarshaller")
                            .getConstructor(BaseAwsJsonProtocolFactory.class)
                            .newInstance(factory);
            var http =
                    (SdkHttpFullRequest)
                            marshaller
                                    .getClass()
                                    .getMethod("marshall", request.getClass())
                                    .invoke(marshaller, request);
            try (var body = http.contentStreamProvider().orElseThrow().newStream()) {
                return body.readAllBytes();
            }
        } catch (InvocationTargetException e) {
            throw new AssertionError(operation, e.getCause());
        } catch (ReflectiveOperationException | IOException e) {
            throw new AssertionError(operation, e);
        }
    }

    /** What the SDK reads from an answer of status 200. */
    SdkPojo unmarshal(SdkPojo builder, byte[] body) {
        try {
            return factory.<SdkPojo>createResponseHandler(METADATA, () -> builder)
                    .handle(response(200, body), new ExecutionAttributes());
        } catch (Exception e) {
            throw new AssertionError("the SDK reads no " + builder.getClass(), e);
        }
    }

    /** What the SDK throws for an error answer. */
    AwsServiceException exception(int status, byte[] body) {
        try {
            return factory.createErrorResponseHandler(
                            METADATA, code -> Optional.<ExceptionMetadata>empty())
                    .handle(response(status, body), new ExecutionAttributes());
        } catch (Exception e) {
            throw new AssertionError("the SDK reads no error", e);
        }
    }

    private static SdkHttpFullResponse response(int status, byte[] body) {
        return SdkHttpFullResponse.builder()
                .statusCode(status)
                .content(AbortableInputStream.create(new ByteArrayInputStream(body)))
                .build();
    }
}
