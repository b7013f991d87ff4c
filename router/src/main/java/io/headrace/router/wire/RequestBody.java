package io.headrace.router.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A request's body: the first bytes of an array that may be longer, since large arrays are used
 * again. Whoever is handed a body may look at it until what it was handed for is answered, and not
 * after. Any thread, if none writes.
 */
public final class RequestBody {
    private final byte[] array;
    private final int length;

    /**
     * @param length bytes of the array that are the body, from the first on
     */
    public RequestBody(byte[] array, int length) {
        this.array = array;
        this.length = length;
    }

    /** A body that is the whole array. */
    public static RequestBody of(byte[] bytes) {
        return new RequestBody(bytes, bytes.length);
    }

    /** Where the body is; beyond {@link #length} stands anything. */
    public byte[] array() {
        return array;
    }

    public int length() {
        return length;
    }

    /** The body in an array of its own length, copied if need be. */
    public byte[] bytes() {
        return array.length == length ? array : Arrays.copyOf(array, length);
    }

    /** A fresh view of the body. */
    public ByteBuffer view() {
        return ByteBuffer.wrap(array, 0, length);
    }
}
