package io.headrace.router.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A text that is never printed and whose comparison takes the same time wherever it differs. */
public final class Secret {
    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean is(String text) {
        return MessageDigest.isEqual(bytes, text.getBytes(StandardCharsets.UTF_8));
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    /** The start of SigV4's key derivation. */
    byte[] prefixedBy(String prefix) {
        var start = prefix.getBytes(StandardCharsets.UTF_8);
        var joined = new byte[start.length + bytes.length];
        System.arraycopy(start, 0, joined, 0, start.length);
        System.arraycopy(bytes, 0, joined, start.length, bytes.length);
        return joined;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        // The same for all, so that no hash of a secret is ever seen.
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
