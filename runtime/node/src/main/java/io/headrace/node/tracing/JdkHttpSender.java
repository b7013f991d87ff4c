package io.headrace.node.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;

/**
 * One POST a batch; retries are left out, a batch that fails is logged by the exporter and gone.
 */
final class JdkHttpSender implements HttpSender {
    private final HttpSenderConfig config;
    private final HttpClient client;

    JdkHttpSender(HttpSenderConfig config) {
        this.config = config;
        var builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(config.getConnectTimeout());
        if (config.getSslContext() != null) {
            builder.sslContext(config.getSslContext());
        }
        this.client = builder.build();
    }

    @Override
    public void send(
            MessageWriter message, Consumer<HttpResponse> answered, Consumer<Throwable> failed) {
        try {
            var _ =
                    client.sendAsync(request(message), BodyHandlers.ofByteArray())
                            .whenComplete((answer, error) -> {
                                if (error != null) {
                                    failed.accept(error);
                                } else {
                                    answered.accept(new Answer(answer.statusCode(), answer.body()));
                                }
                            });
        } catch (IOException | RuntimeException e) {
            failed.accept(e);
        }
    }

    private HttpRequest request(MessageWriter message) throws IOException {
        var body = new ByteArrayOutputStream();
        var compressor = config.getCompressor();
        try (OutputStream out = compressor == null ? body : compressor.compress(body)) {
            message.writeMessage(out);
        }
        var request =
                HttpRequest.newBuilder(config.getEndpoint())
                        .timeout(config.getTimeout())
                        .header("Content-Type", config.getContentType())
                        .POST(BodyPublishers.ofByteArray(body.toByteArray()));
        if (compressor != null) {
            request.header("Content-Encoding", compressor.getEncoding());
        }
        var headers = config.getHeadersSupplier().get();
        if (headers != null) {
            headers.forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        }
        return request.build();
    }

    @Override
    public CompletableResultCode shutdown() {
        client.shutdownNow();
        return CompletableResultCode.ofSuccess();
    }

    /** An answer as the exporter reads it. */
    private static final class Answer implements HttpResponse {
        private final int status;
        private final byte[] body;

        Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        public String getStatusMessage() {
            return "status " + status;
        }

        @Override
        public byte[] getResponseBody() {
            return body;
        }
    }
}
