package io.headrace.acceptance.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Looks at every answer between the wire and the SDK: which operations succeeded, over what, and
 * whether their answers fit the service model.
 */
final class WireWatch implements ExecutionInterceptor {
    private static final ExecutionAttribute<ByteArrayBuilder> BODY =
            new ExecutionAttribute<>("headrace.body");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());

    private final Set<String> operations = ConcurrentHashMap.newKeySet();
    private final Set<String> contentTypes = ConcurrentHashMap.newKeySet();
    private final Set<String> events = ConcurrentHashMap.newKeySet();
    private final List<String> problems = new CopyOnWriteArrayList<>();

    /** Gathers an answer's pieces; an exchange's pieces come one after the other. */
    private static final class ByteArrayBuilder {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        synchronized void add(ByteBuffer piece) {
            var copy = new byte[piece.remaining()];
            piece.duplicate().get(copy);
            bytes.writeBytes(copy);
        }

        synchronized byte[] toByteArray() {
            return bytes.toByteArray();
        }
    }

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        return context.responseBody()
                .map(in -> {
                    try (in) {
                        var bytes = in.readAllBytes();
                        var body = new ByteArrayBuilder();
                        body.add(ByteBuffer.wrap(bytes));
                        attributes.putAttribute(BODY, body);
                        return new ByteArrayInputStream(bytes);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    @Override
    public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        return context.responsePublisher()
                .map(publisher -> {
                    var operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
                    if (operation.equals("SubscribeToShard")) {
                        return pushed(publisher);
                    }
                    var body = new ByteArrayBuilder();
                    attributes.putAttribute(BODY, body);
                    return SdkPublisher.adapt(publisher)
                            .map(piece -> {
                                body.add(piece);
                                return piece;
                            });
                });
    }

    private Publisher<ByteBuffer> pushed(Publisher<ByteBuffer> publisher) {
        var check = new EventCheck(events, problems);
        return SdkPublisher.adapt(publisher)
                .map(piece -> {
                    var copy = new byte[piece.remaining()];
                    piece.duplicate().get(copy);
                    check.feed(copy);
                    return piece;
                });
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        var operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        operations.add(operation);
        var type = context.httpResponse().firstMatchingHeader("Content-Type").orElse("none");
        contentTypes.add(type);
        var body = attributes.getAttribute(BODY);
        if (body == null) {
            return;
        }
        try {
            var answer = parse(type, body.toByteArray());
            ModelCheck.problems(context.response(), answer).stream()
                    .map(problem -> operation + ": " + problem)
                    .forEach(problems::add);
        } catch (IOException e) {
            problems.add(operation + ": " + e);
        }
        if (context.httpResponse().firstMatchingHeader("x-amzn-RequestId").isEmpty()) {
            problems.add(operation + ": no x-amzn-RequestId");
        }
    }

    private static JsonNode parse(String contentType, byte[] body) throws IOException {
        if (body.length == 0) {
            return JsonNodeFactory.instance.objectNode();
        }
        return (contentType.contains("cbor") ? CBOR : JSON).readTree(body);
    }

    Set<String> operations() {
        return new TreeSet<>(operations);
    }

    Set<String> contentTypes() {
        return new TreeSet<>(contentTypes);
    }

    /** Kinds of what was pushed, and the members that came in it. */
    Set<String> events() {
        return new TreeSet<>(events);
    }

    List<String> problems() {
        return List.copyOf(problems);
    }
}
