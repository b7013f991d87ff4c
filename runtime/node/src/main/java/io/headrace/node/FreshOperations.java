package io.headrace.node;

import io.headrace.router.wire.BytesHandler;
import io.headrace.router.wire.EventStreamHandler;
import io.headrace.router.wire.Operation;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import software.amazon.awssdk.core.SdkPojo;

/**
 * Operations on streams that other nodes change too: those of the control plane look at the store
 * first, so that each sees what any node did before it; those on records only before they say that
 * there is no such stream. Any thread.
 */
final class FreshOperations {
    private static final Executor THREADS =
            task -> Thread.ofVirtual().name("metadata-look").start(task);

    private final MetadataWatch watch;

    FreshOperations(MetadataWatch watch) {
        this.watch = watch;
    }

    /** The same operation, from what the store holds now. */
    Operation of(Operation operation) {
        return switch (operation) {
            case Operation.Model<?, ?> model -> fresh(model);
            case Operation.Bytes bytes ->
                    new Operation.Bytes(bytes.name(), againIfNotFound(bytes.handler()));
            case Operation.EventStream stream ->
                    new Operation.EventStream(stream.name(), againIfNotFound(stream.handler()));
        };
    }

    private <I extends SdkPojo, O extends SdkPojo> Operation fresh(Operation.Model<I, O> model) {
        return new Operation.Model<I, O>(
                model.name(),
                model.builder(),
                model.constraints(),
                (request, context) -> {
                    watch.look();
                    return model.handler().handle(request, context);
                });
    }

    private BytesHandler againIfNotFound(BytesHandler handler) {
        return (body, context) -> {
            CompletionStage<Buffer> first;
            try {
                first = handler.handle(body, context);
            } catch (RefusedException e) {
                first = CompletableFuture.failedStage(e);
            }
            return first.exceptionallyCompose(failure ->
                    isNotFound(failure)
                            ? CompletableFuture.runAsync(watch::look, THREADS)
                                    .thenCompose(_ -> handler.handle(body, context))
                            : CompletableFuture.failedStage(failure));
        };
    }

    private EventStreamHandler againIfNotFound(EventStreamHandler handler) {
        return (body, context, sink) -> {
            try {
                handler.handle(body, context, sink);
            } catch (RefusedException e) {
                if (!isNotFound(e)) {
                    throw e;
                }
                THREADS.execute(() -> {
                    watch.look();
                    sink.execute(() -> {
                        try {
                            handler.handle(body, context, sink);
                        } catch (RuntimeException refusal) {
                            sink.refuse(refusal);
                        }
                    });
                });
            }
        };
    }

    private static boolean isNotFound(Throwable failure) {
        var cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof RefusedException refused
                && refused.code() == ErrorCode.RESOURCE_NOT_FOUND;
    }
}
