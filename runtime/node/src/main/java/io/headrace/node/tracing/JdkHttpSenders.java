package io.headrace.node.tracing;

import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;

/**
 * How OpenTelemetry's exporter sends, found by its service loader: with the JDK's HTTP client, so
 * that no third one comes to the class path.
 */
public final class JdkHttpSenders implements HttpSenderProvider {
    @Override
    public HttpSender createSender(HttpSenderConfig config) {
        return new JdkHttpSender(config);
    }
}
