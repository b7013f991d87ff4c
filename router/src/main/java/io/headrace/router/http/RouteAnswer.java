package io.headrace.router.http;

import io.vertx.core.buffer.Buffer;

/** What a plain route answers. */
public record RouteAnswer(int status, String contentType, Buffer body) {
    public static RouteAnswer text(int status, String text) {
        return new RouteAnswer(status, "text/plain; charset=utf-8", Buffer.buffer(text));
    }

    public static RouteAnswer json(int status, String json) {
        return new RouteAnswer(status, "application/json", Buffer.buffer(json));
    }
}
