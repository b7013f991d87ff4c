package io.headrace.router.wire;

import software.amazon.awssdk.core.SdkPojo;

/**
 * An operation on the AWS SDK's model classes, decoded and checked against the model's constraints
 * before. Runs on a virtual thread and may block; refuses with RefusedException or WireException.
 */
@FunctionalInterface
public interface ModelHandler<I extends SdkPojo, O extends SdkPojo> {
    O handle(I request, RequestContext context) throws InterruptedException;
}
