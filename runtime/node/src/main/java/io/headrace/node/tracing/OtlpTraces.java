package io.headrace.node.tracing;

import io.headrace.router.http.RequestTraces;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A span per request, child of the caller's by W3C trace context. Spans are exported in batches on
 * a thread of OpenTelemetry's; what comes faster than it can export is dropped, never waited for.
 */
public final class OtlpTraces implements RequestTraces, AutoCloseable {
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> AMZN_TRACE =
            AttributeKey.stringKey("aws.xray.trace_header");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<Long> STATUS =
            AttributeKey.longKey("http.response.status_code");
    private static final long CLOSE_SECONDS_MAX = 5;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private OtlpTraces(SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider.get("io.headrace");
    }

    /**
     * Traces to a collector.
     *
     * @param endpoint OTLP/HTTP address of the collector
     * @param sample share of the requests traced whose caller did not decide it
     */
    public static OtlpTraces to(String endpoint, double sample) {
        return to(OtlpHttpSpanExporter.builder().setEndpoint(endpoint).build(), sample);
    }

    static OtlpTraces to(SpanExporter exporter, double sample) {
        return new OtlpTraces(
                SdkTracerProvider.builder()
                        .setResource(
                                Resource.getDefault().toBuilder()
                                        .put("service.name", "headrace")
                                        .build())
                        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(sample)))
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                        .build());
    }

    @Override
    public Trace begin(
            String operation, @Nullable String traceparent, @Nullable String amznTraceId) {
        var builder =
                tracer.spanBuilder(operation)
                        .setSpanKind(SpanKind.SERVER)
                        .setParent(parent(traceparent))
                        .setAttribute(SYSTEM, "aws-api")
                        .setAttribute(METHOD, operation);
        if (amznTraceId != null) {
            builder.setAttribute(AMZN_TRACE, amznTraceId);
        }
        var span = builder.startSpan();
        return (status, errorType) -> end(span, status, errorType);
    }

    private static void end(Span span, int status, @Nullable String errorType) {
        span.setAttribute(STATUS, status);
        if (errorType != null) {
            span.setAttribute(ERROR, errorType);
        }
        // A refusal is an answer; only our own failures are errors of this span.
        if (status >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    private static Context parent(@Nullable String traceparent) {
        return traceparent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance()
                        .extract(Context.root(), traceparent, TRACEPARENT);
    }

    private static final TextMapGetter<String> TRACEPARENT =
            new TextMapGetter<>() {
                @Override
                public @Nullable String get(@Nullable String traceparent, String key) {
                    return key.equals("traceparent") ? traceparent : null;
                }
            };

    /** Exports what is left, within a bound. */
    @Override
    public void close() {
        provider.shutdown().join(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
