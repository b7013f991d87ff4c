package io.headrace.router.streams;

import io.headrace.store.stream.StreamName;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an ARN of Kinesis names, taken apart. */
sealed interface ResourceArn {
    Pattern FORM =
            Pattern.compile(
                    "arn:[^:]*:kinesis:(?<region>[^:]*):(?<account>\\d{12}):stream/"
                            + "(?<stream>[a-zA-Z0-9_.-]+)"
                            + "(?:/consumer/(?<consumer>[a-zA-Z0-9_.-]+):(?<created>\\d{1,18}))?");

    String region();

    StreamName stream();

    record OfStream(String region, StreamName stream) implements ResourceArn {}

    /** A consumer that was registered at this second. */
    record OfConsumer(String region, StreamName stream, String consumer, long createdSeconds)
            implements ResourceArn {}

    /** Empty if it is no ARN of a stream or consumer. */
    static Optional<ResourceArn> parse(String arn) {
        var match = FORM.matcher(arn);
        if (!match.matches()) {
            return Optional.empty();
        }
        var stream = new StreamName(match.group("account"), match.group("stream"));
        var consumer = match.group("consumer");
        return Optional.of(
                consumer == null
                        ? new OfStream(match.group("region"), stream)
                        : new OfConsumer(
                                match.group("region"),
                                stream,
                                consumer,
                                Long.parseLong(match.group("created"))));
    }
}
