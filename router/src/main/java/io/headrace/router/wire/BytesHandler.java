package io.headrace.router.wire;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletionStage;

/**
 * A hot operation, from the body's bytes to the answer's without the model classes. Called on an
 * event loop for small bodies, on a virtual thread for large ones; must not block either. Refusals
 * fail the stage (or are thrown). Once the stage completed normally nothing may look at the body.
 */
@FunctionalInterface
public interface BytesHandler {
    CompletionStage<Buffer> handle(RequestBody body, RequestContext context);
}
