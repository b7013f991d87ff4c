package io.headrace.router.auth;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request as its signer saw it: nothing decoded, nothing normalised. Strings hold one char per
 * byte received (Latin-1, as Netty gives them), so that the bytes that were signed can be had back.
 * Immutable but for the body, which is shared and must not change while it is looked at.
 */
public final class SignedRequest {
    private final String method;
    private final String path;
    private final @Nullable String query;
    private final TreeMap<String, List<String>> headers;
    private final ByteBuffer body;

    /**
     * Takes the request apart no further than its headers' names.
     *
     * @param path raw, still percent-encoded, without the query
     * @param query raw, without the question mark; null if there is none
     * @param headers in the order received, names in any case (a Vert.x MultiMap fits). HTTP/2's
     *     {@code :authority} counts as {@code host}; other pseudo headers are left out
     */
    public SignedRequest(
            String method,
            String path,
            @Nullable String query,
            Iterable<Map.Entry<String, String>> headers,
            ByteBuffer body) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.body = body;
        this.headers = new TreeMap<>();
        for (var header : headers) {
            add(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
        }
    }

    private void add(String name, String value) {
        boolean authority = name.equals(":authority");
        if (name.startsWith(":") && !authority) {
            return;
        }
        var values = headers.computeIfAbsent(authority ? "host" : name, _ -> new ArrayList<>(1));
        // Over HTTP/2 a host may be told twice. Told alike it is one; told differently both stay,
        // and no signature over one of them fits.
        if (name.equals("host") || authority) {
            if (!values.contains(value)) {
                values.add(value);
            }
        } else {
            values.add(value);
        }
    }

    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    public @Nullable String query() {
        return query;
    }

    /** Every value of a header, in the order received; empty if it was not sent. */
    public List<String> header(String lowerCaseName) {
        return Collections.unmodifiableList(headers.getOrDefault(lowerCaseName, List.of()));
    }

    /** Lower case, sorted. */
    public Set<String> headerNames() {
        return Collections.unmodifiableSet(headers.keySet());
    }

    /** A fresh view of the caller's bytes, which are not copied. */
    public ByteBuffer body() {
        return body.duplicate();
    }
}
