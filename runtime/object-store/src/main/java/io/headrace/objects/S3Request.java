package io.headrace.objects;

import io.minio.Http;
import java.util.Map;
import java.util.Optional;

/**
 * A request to one bucket, not yet signed.
 *
 * @param key of the object; empty for the bucket itself
 */
record S3Request(
        Http.Method method,
        Optional<String> key,
        Map<String, String> query,
        Map<String, String> headers,
        Optional<BufferBody> body) {
    S3Request {
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    static S3Request of(Http.Method method, String key) {
        return new S3Request(method, Optional.of(key), Map.of(), Map.of(), Optional.empty());
    }

    static S3Request ofBucket(Map<String, String> query) {
        return new S3Request(Http.Method.GET, Optional.empty(), query, Map.of(), Optional.empty());
    }

    static S3Request put(String key, Map<String, String> headers, BufferBody body) {
        return new S3Request(
                Http.Method.PUT, Optional.of(key), Map.of(), headers, Optional.of(body));
    }

    S3Request withHeader(String name, String value) {
        return new S3Request(method, key, query, Map.of(name, value), body);
    }
}
