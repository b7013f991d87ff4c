package io.headrace.router.wire;

import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** One operation of a service: its name and how a request of it is served. Safe to share. */
public sealed interface Operation {
    /** The name behind the target's dot, for example {@code CreateStream}. */
    String name();

    /** Served on the model classes, on a virtual thread. */
    record Model<I extends SdkPojo, O extends SdkPojo>(
            String name,
            Supplier<? extends SdkBuilder<?, I>> builder,
            InputConstraints constraints,
            ModelHandler<I, O> handler)
            implements Operation {
        /**
         * Decodes, checks, handles and encodes one request; may block as the handler does.
         *
         * @throws WireException if the body is no such request, or breaks a constraint
         */
        public Buffer answer(byte[] body, RequestContext context) throws InterruptedException {
            var request = PojoCodec.read(context.format(), body, builder.get());
            constraints.check(request);
            var answer = handler.handle(request, context);
            // As AWS does, not even an empty structure.
            return answer.sdkFields().isEmpty()
                    ? Buffer.buffer()
                    : PojoCodec.write(context.format(), answer);
        }
    }

    /** Served from bytes to bytes; must not block. */
    record Bytes(String name, BytesHandler handler) implements Operation {}

    /** Answered by an event stream; must not block. */
    record EventStream(String name, EventStreamHandler handler) implements Operation {}
}
