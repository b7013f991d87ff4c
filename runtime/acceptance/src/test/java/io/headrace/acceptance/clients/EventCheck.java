package io.headrace.acceptance.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.eventstream.Message;
import software.amazon.eventstream.MessageDecoder;

/**
 * Decodes what SubscribeToShard pushes as it came over the wire and compares each message with the
 * service model. For one subscription; its pieces come one after the other.
 */
public final class EventCheck {
    /** The errors that the model has among the events. */
    public static final Set<String> ERRORS =
            Set.of(
                    "InternalFailureException",
                    "KMSAccessDeniedException",
                    "KMSDisabledException",
                    "KMSInvalidStateException",
                    "KMSNotFoundException",
                    "KMSOptInRequired",
                    "KMSThrottlingException",
                    "ResourceInUseException",
                    "ResourceNotFoundException");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final MessageDecoder decoder = new MessageDecoder(this::check);
    private final Set<String> seen;
    private final List<String> problems;
    private int messages;

    /**
     * @param seen gets the kinds of messages and the members that came
     * @param problems gets what does not fit
     */
    public EventCheck(Set<String> seen, List<String> problems) {
        this.seen = seen;
        this.problems = problems;
    }

    /** The next piece, however messages are cut; the decoder checks their checksums. */
    public void feed(byte[] piece) {
        decoder.feed(piece);
    }

    private void check(Message message) {
        messages++;
        try {
            var found = new ArrayList<String>();
            var type = header(message, ":message-type");
            switch (type) {
                case "event" -> event(message, found);
                case "exception" -> exception(message, found);
                default -> found.add("message type " + type);
            }
            found.forEach(problem -> problems.add("SubscribeToShard: " + problem));
        } catch (IOException e) {
            problems.add("SubscribeToShard: " + e);
        }
    }

    private void event(Message message, List<String> found) throws IOException {
        var type = header(message, ":event-type");
        var payload = payload(message, found);
        seen.add(type);
        if ((messages == 1) != type.equals("initial-response")) {
            found.add(type + " is message " + messages);
        }
        switch (type) {
            // The answer's members are its events and nothing else.
            case "initial-response" -> {
                if (!payload.isObject() || !payload.isEmpty()) {
                    found.add("initial-response has " + payload);
                }
            }
            case "SubscribeToShardEvent" -> subscribed(payload, found);
            default -> found.add("event type " + type);
        }
    }

    private void subscribed(JsonNode payload, List<String> found) {
        payload.fieldNames().forEachRemaining(seen::add);
        // At a shard's end children stand where the number to go on with was.
        boolean ended = payload.path("ChildShards").size() > 0;
        ModelCheck.problems(SubscribeToShardEvent.builder().build(), payload).stream()
                .filter(problem ->
                        !ended || !problem.contains("ContinuationSequenceNumber is required"))
                .forEach(found::add);
        if (ended && payload.has("ContinuationSequenceNumber")) {
            found.add("an ended shard has a number to go on with");
        }
    }

    private void exception(Message message, List<String> found) throws IOException {
        var type = header(message, ":exception-type");
        var payload = payload(message, found);
        seen.add(type);
        if (!ERRORS.contains(type)) {
            found.add("exception type " + type);
        }
        if (payload.size() != 1 || payload.path("message").asText().isBlank()) {
            found.add(type + " has " + payload);
        }
    }

    private static JsonNode payload(Message message, List<String> found) throws IOException {
        var type = header(message, ":content-type");
        if (!type.equals("application/x-amz-json-1.1")) {
            found.add("content type " + type);
        }
        if (message.getHeaders().size() != 3) {
            found.add("headers " + message.getHeaders().keySet());
        }
        return JSON.readTree(message.getPayload());
    }

    private static String header(Message message, String name) {
        var value = message.getHeaders().get(name);
        return value == null ? "none" : value.getString();
    }
}
