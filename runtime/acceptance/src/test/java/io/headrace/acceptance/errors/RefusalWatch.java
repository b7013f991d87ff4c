package io.headrace.acceptance.errors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Keeps the last answer as it came over the wire; calls come one after another. */
final class RefusalWatch implements ExecutionInterceptor {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());

    private volatile ByteArrayOutputStream body = new ByteArrayOutputStream();
    private volatile @Nullable String contentType;

    @Override
    public void afterTransmission(
            Context.AfterTransmission context, ExecutionAttributes attributes) {
        contentType = context.httpResponse().firstMatchingHeader("Content-Type").orElse("none");
        body = new ByteArrayOutputStream();
    }

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        return context.responseBody()
                .map(in -> {
                    try (in) {
                        var bytes = in.readAllBytes();
                        body.writeBytes(bytes);
                        return new ByteArrayInputStream(bytes);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    @Override
    public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        var into = body;
        return context.responsePublisher()
                .map(publisher ->
                        SdkPublisher.adapt(publisher)
                                .map(piece -> {
                                    var copy = new byte[piece.remaining()];
                                    piece.duplicate().get(copy);
                                    into.writeBytes(copy);
                                    return piece;
                                }));
    }

    String contentType() {
        return String.valueOf(contentType);
    }

    byte[] bytes() {
        return body.toByteArray();
    }

    JsonNode body() throws IOException {
        return (contentType().contains("cbor") ? CBOR : JSON).readTree(body.toByteArray());
    }
}
