package io.headrace.acceptance.errors;

import org.jspecify.annotations.Nullable;

/** What a call is about: names of things that may or may not exist. */
record Target(String name, @Nullable String streamArn, String consumerArn, String shardIterator) {
    private static final String STREAMS = "arn:aws:kinesis:us-east-1:000000000000:stream/";

    static Target stream(String name) {
        return new Target(name, null, STREAMS + name + "/consumer/one:1", "none");
    }

    /** A name with the ARN of another stream. */
    static Target contradicting(String name) {
        return new Target(
                name, STREAMS + name + "-not", STREAMS + name + "/consumer/one:1", "none");
    }

    Target withConsumer(String arn) {
        return new Target(name, streamArn, arn, shardIterator);
    }

    Target withIterator(String iterator) {
        return new Target(name, streamArn, consumerArn, iterator);
    }

    /** For the operations that take nothing else. */
    String arn() {
        return STREAMS + name;
    }

    String policy() {
        return """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},\
        "Action":"kinesis:GetRecords","Resource":"%s"}]}\
        """
                .formatted(arn());
    }
}
