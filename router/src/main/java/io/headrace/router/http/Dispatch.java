package io.headrace.router.http;

import io.headrace.router.auth.Origin;
import io.headrace.router.auth.SignedRequest;
import io.headrace.router.wire.Operation;
import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.RequestContext;
import io.headrace.router.wire.WireErrors;
import io.headrace.router.wire.WireFormat;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a request wants and brings its body there. Belongs to the connection's event loop;
 * what may take long goes to a virtual thread and comes back.
 */
final class Dispatch {
    /** Larger bodies are hashed, decoded and encoded off the event loop. */
    static final int LARGE_BODY_BYTES = 64 << 10;

    private final FrontLoop loop;
    private final Exchange exchange;
    private final HttpServerRequest request;

    Dispatch(FrontLoop loop, Exchange exchange) {
        this.loop = loop;
        this.exchange = exchange;
        this.request = exchange.request();
    }

    /** Decides by the head alone. */
    void plan() {
        var target = request.getHeader(Heads.X_AMZ_TARGET);
        if (target != null && request.method().equals(HttpMethod.POST)) {
            planOperation(target);
        } else if (loop.heads.isPreflight(request)) {
            exchange.discardThen(exchange::answerPreflight);
        } else if (loop.services.routes().knows(path())) {
            planRoute();
        } else {
            var answer = WireErrors.noOperationNamed();
            exchange.discardThen(
                    () -> exchange.answer(answer.status(), "application/xml", answer.xmlBody()));
        }
    }

    private void planOperation(String target) {
        var format = WireFormat.of(request.getHeader(HttpHeaders.CONTENT_TYPE));
        if (format.isEmpty()) {
            exchange.discardThen(() -> exchange.answer(WireErrors.unknownContentType()));
            return;
        }
        exchange.facts().format = format.get();
        var found = loop.services.operations().find(target);
        if (found.isEmpty()) {
            exchange.discardThen(() -> exchange.answer(WireErrors.unknownOperation()));
            return;
        }
        var operation = found.get();
        exchange.facts().named(operation.name(), request, loop.services.traces());
        exchange.receive(
                announcedBytes(),
                switch (operation) {
                    case Operation.Model<?, ?> model ->
                            body -> block(() -> callModel(model, format.get(), body.bytes()));
                    case Operation.Bytes bytes -> body -> beginBytes(bytes, format.get(), body);
                    case Operation.EventStream stream ->
                            body -> openStream(stream, format.get(), body.bytes());
                });
    }

    private void planRoute() {
        var path = path();
        var route = loop.services.routes().find(request.method().name(), path);
        exchange.facts().named(path, request, loop.services.traces());
        if (route == null) {
            request.response().putHeader(HttpHeaders.ALLOW, loop.services.routes().allowed(path));
            exchange.discardThen(
                    () -> exchange.fail(Refusals.methodNotAllowed(request.method().name())));
            return;
        }
        if (route.method().equals("GET")) {
            // Has no body, and is answered however busy the node is.
            exchange.discardThen(() -> beginRoute(route, Buffer.buffer()));
        } else {
            exchange.receive(
                    announcedBytes(), body -> beginRoute(route, Buffer.buffer(body.bytes())));
        }
    }

    private void beginRoute(Route route, Buffer body) {
        var asked = new RouteRequest(request.method().name(), path(), request.query(), body);
        if (route.blocking()) {
            block(() -> callRoute(route, asked));
        } else {
            callRoute(route, asked);
        }
    }

    private void block(Runnable call) {
        if (!loop.shared.blocking().submit(call)) {
            exchange.fail(Refusals.busy("Too many operations wait."));
        }
    }

    /** On a virtual thread. */
    private void callModel(Operation.Model<?, ?> model, WireFormat format, byte[] body) {
        try {
            var answer = model.answer(body, authenticated(model, format, RequestBody.of(body)));
            exchange.onLoop(() -> exchange.answer(200, format.contentType(), answer));
        } catch (RuntimeException | Error e) {
            exchange.onLoop(() -> exchange.fail(e));
        } catch (InterruptedException e) {
            interrupted();
        }
    }

    /** On a virtual thread, or on the event loop if the route does not block. */
    private void callRoute(Route route, RouteRequest asked) {
        try {
            var answer = route.handler().handle(asked);
            exchange.onLoop(
                    () -> exchange.answer(answer.status(), answer.contentType(), answer.body()));
        } catch (RuntimeException | Error e) {
            exchange.onLoop(() -> exchange.fail(e));
        } catch (InterruptedException e) {
            interrupted();
        }
    }

    private void interrupted() {
        Thread.currentThread().interrupt();
        exchange.onLoop(() -> exchange.fail(Refusals.busy("The node is going down.")));
    }

    private void beginBytes(Operation.Bytes operation, WireFormat format, RequestBody body) {
        if (body.length() <= LARGE_BODY_BYTES) {
            callBytes(operation, format, body);
        } else {
            loop.shared.decoders().newThread(() -> callBytes(operation, format, body)).start();
        }
    }

    /** On the event loop, or on a virtual thread for a large body. */
    private void callBytes(Operation.Bytes operation, WireFormat format, RequestBody body) {
        try {
            exchange.held().lend(body.array());
            operation
                    .handler()
                    .handle(body, authenticated(operation, format, body))
                    .whenComplete((answer, failure) -> {
                        var array = exchange.held().takeBack();
                        if (failure == null && array != null) {
                            // After a failure some of the work may still go on.
                            loop.shared.arrays().giveBack(array);
                        }
                        answerBytes(format, answer, failure);
                    });
        } catch (RuntimeException | Error e) {
            exchange.onLoop(() -> exchange.fail(e));
        }
    }

    private void answerBytes(
            WireFormat format, @Nullable Buffer answer, @Nullable Throwable failure) {
        exchange.onLoop(() -> {
            if (answer != null) {
                exchange.answer(200, format.contentType(), answer);
            } else {
                exchange.fail(
                        failure == null
                                ? new IllegalStateException("neither answer nor failure")
                                : failure);
            }
        });
    }

    private void openStream(Operation.EventStream operation, WireFormat format, byte[] body) {
        var context = authenticated(operation, format, RequestBody.of(body));
        if (loop.shared.draining().get()) {
            // It would keep the node from ending until its reader has gone.
            throw Refusals.busy("The node is going down.");
        }
        operation.handler().handle(body, context, exchange.openSink(format));
    }

    private RequestContext authenticated(Operation operation, WireFormat format, RequestBody body) {
        var caller = loop.services.authenticator().authenticate(signed(body));
        exchange.facts().calledBy(caller);
        return new RequestContext(
                exchange.facts().requestId,
                operation.name(),
                caller,
                format,
                origin(),
                exchange.held());
    }

    private Origin origin() {
        var remote = request.remoteAddress();
        var address = remote == null ? null : remote.hostAddress();
        return new Origin(
                address == null ? null : withoutZone(address),
                request.isSSL(),
                request.getHeader(HttpHeaders.USER_AGENT),
                request.getHeader(HttpHeaders.REFERER));
    }

    /** The name of the interface behind a link-local address. */
    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    /** HTTP/2 has no Host header of its own; its authority is what was signed as such. */
    private SignedRequest signed(RequestBody body) {
        var headers = new ArrayList<Map.Entry<String, String>>(request.headers().entries());
        var authority = request.authority(true);
        if (authority != null) {
            headers.add(Map.entry(":authority", authority.toString()));
        }
        return new SignedRequest(
                request.method().name(), path(), request.query(), headers, body.view());
    }

    /** Raw, without the query; a request line without one, such as OPTIONS *, has an empty path. */
    private String path() {
        var path = request.path();
        return path == null ? "" : path;
    }

    /** The Content-Length, or that it is unknown. */
    private int announcedBytes() {
        var header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (header == null) {
            boolean chunked = request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
            boolean hasBody = chunked || ConnectionGuard.of(request.connection()).isHttp2();
            return hasBody ? BodyBuffer.UNKNOWN : 0;
        }
        try {
            long announced = Long.parseLong(header.strip());
            if (announced < 0) {
                throw Refusals.badLength();
            }
            return (int) Math.min(announced, Integer.MAX_VALUE);
        } catch (NumberFormatException e) {
            throw Refusals.badLength();
        }
    }
}
