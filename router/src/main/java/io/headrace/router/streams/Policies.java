package io.headrace.router.streams;

import io.headrace.router.auth.MalformedPolicyException;
import io.headrace.router.auth.Policy;
import io.headrace.router.wire.RequestContext;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.Streams;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.services.kinesis.model.DeleteResourcePolicyRequest;
import software.amazon.awssdk.services.kinesis.model.DeleteResourcePolicyResponse;
import software.amazon.awssdk.services.kinesis.model.GetResourcePolicyRequest;
import software.amazon.awssdk.services.kinesis.model.GetResourcePolicyResponse;
import software.amazon.awssdk.services.kinesis.model.PutResourcePolicyRequest;
import software.amazon.awssdk.services.kinesis.model.PutResourcePolicyResponse;

/** Keeps the policies of streams and consumers. */
final class Policies {
    private static final int POLICY_BYTES_MAX = 20 * 1024;

    private final Streams streams;
    private final StreamLookup lookup;

    Policies(Streams streams, StreamLookup lookup) {
        this.streams = streams;
        this.lookup = lookup;
    }

    PutResourcePolicyResponse put(PutResourcePolicyRequest request, RequestContext context) {
        get(request.resourceARN());
        var policy = request.policy();
        if (policy.getBytes(StandardCharsets.UTF_8).length > POLICY_BYTES_MAX) {
            throw new RefusedException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "The policy is longer than " + POLICY_BYTES_MAX + " bytes.");
        }
        try {
            Policy.parseResource(policy).requireAbout("kinesis", request.resourceARN());
        } catch (MalformedPolicyException e) {
            throw new RefusedException(
                    ErrorCode.INVALID_ARGUMENT, "Malformed policy: " + e.getMessage(), e);
        }
        set(request.resourceARN(), policy);
        return PutResourcePolicyResponse.builder().build();
    }

    GetResourcePolicyResponse get(GetResourcePolicyRequest request, RequestContext context) {
        var policy = get(request.resourceARN());
        return GetResourcePolicyResponse.builder().policy(policy.isEmpty() ? "{}" : policy).build();
    }

    DeleteResourcePolicyResponse delete(
            DeleteResourcePolicyRequest request, RequestContext context) {
        if (get(request.resourceARN()).isEmpty()) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "No resource policy found for resource ARN " + request.resourceARN() + ".");
        }
        set(request.resourceARN(), "");
        return DeleteResourcePolicyResponse.builder().build();
    }

    private String get(String arn) {
        return switch (lookup.parse(arn)) {
            case ResourceArn.OfStream of -> lookup.stream(of.stream()).policy();
            case ResourceArn.OfConsumer of -> lookup.consumer(arn).consumer().policy();
        };
    }

    private void set(String arn, String policy) {
        switch (lookup.parse(arn)) {
            case ResourceArn.OfStream of ->
                    streams.annotate(of.stream(), state -> state.withPolicy(policy));
            case ResourceArn.OfConsumer of -> {
                var found = lookup.consumer(arn);
                streams.annotate(
                        of.stream(),
                        state ->
                                state.withConsumer(
                                        found.consumer().name(),
                                        consumer -> consumer.withPolicy(policy)));
            }
        }
    }
}
