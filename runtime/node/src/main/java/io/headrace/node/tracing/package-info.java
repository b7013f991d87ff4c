/**
 * Traces for an OpenTelemetry collector. Only {@link io.headrace.node.tracing.OtlpTraces} touches
 * OpenTelemetry's classes, so a node that does not trace never loads them.
 */
@NullMarked
package io.headrace.node.tracing;

import org.jspecify.annotations.NullMarked;
