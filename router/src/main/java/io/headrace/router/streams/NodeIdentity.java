package io.headrace.router.streams;

import io.headrace.store.stream.ConsumerState;
import io.headrace.store.stream.StreamName;

/**
 * What ARNs of this node are made of.
 *
 * @param accountId the account of callers that name none, twelve digits
 * @param region for example {@code us-east-1}
 * @param partition for example {@code aws}
 */
public record NodeIdentity(String accountId, String region, String partition) {
    public NodeIdentity(String accountId, String region) {
        this(accountId, region, "aws");
    }

    public String streamArn(StreamName stream) {
        return "arn:%s:kinesis:%s:%s:stream/%s"
                .formatted(partition, region, stream.accountId(), stream.name());
    }

    public String consumerArn(StreamName stream, ConsumerState consumer) {
        return streamArn(stream) + "/consumer/" + consumer.name() + ":" + consumer.createdSeconds();
    }
}
