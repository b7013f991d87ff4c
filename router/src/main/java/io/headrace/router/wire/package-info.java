/**
 * The protocols. Start at {@link io.headrace.router.wire.OperationTable}: a target names an {@link
 * io.headrace.router.wire.Operation}, which is served on the AWS SDK's model classes ({@link
 * io.headrace.router.wire.PojoCodec} decodes and encodes them, {@link
 * io.headrace.router.wire.InputConstraints} checks them in AWS's words), from bytes, or by an event
 * stream ({@link io.headrace.router.wire.EventStreamMessage}). Every failure becomes an answer in
 * {@link io.headrace.router.wire.WireErrors}.
 */
@NullMarked
package io.headrace.router.wire;

import org.jspecify.annotations.NullMarked;
