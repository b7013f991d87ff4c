package io.headrace.router.streams;

import io.headrace.store.object.ObjectStore;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens that callers carry and cannot read or make: next tokens, shard iterators. Base64 of
 *
 * <pre>
 *  0  u64  version, 1
 *  8  u64  salt of the process that sealed it
 * 16  u64  counter of that process
 * 24  AES-256-GCM ciphertext and tag of: u64 sealed at, ms since 1970; then for each field
 *     u16 length and UTF-8
 * </pre>
 *
 * The key is HMAC-SHA-256(secret, salt), the nonce the counter, so that no nonce is ever used twice
 * under a key, however many tokens there are; the kind is authenticated with it. The secret is an
 * object of the store, so a token is good on every node and after a restart. Any thread.
 */
public final class StreamTokens {
    /** What Kinesis allows a shard iterator to be long. */
    public static final int LENGTH_MAX = 512;

    private static final String OBJECT = "meta/secrets/tokens";
    private static final int SECRET_BYTES = 32;
    private static final long VERSION = 1;
    private static final int HEADER_BYTES = 24;

    private final byte[] secret;
    private final InstantSource clock;
    private final long salt;
    private final SecretKeySpec key;
    private final AtomicLong counter = new AtomicLong();

    private StreamTokens(byte[] secret, InstantSource clock, long salt) {
        this.secret = secret;
        this.clock = clock;
        this.salt = salt;
        this.key = keyFor(salt);
    }

    /**
     * Reads the secret, or makes it.
     *
     * @param random must be cryptographically strong
     */
    public static StreamTokens open(ObjectStore store, InstantSource clock, RandomGenerator random)
            throws IOException {
        var fresh = new byte[SECRET_BYTES];
        random.nextBytes(fresh);
        if (store.size(OBJECT).isEmpty()) {
            store.createIfAbsent(OBJECT, ByteBuffer.wrap(fresh));
        }
        var kept = store.get(OBJECT).orElseThrow(() -> new IOException("no " + OBJECT));
        if (kept.remaining() != SECRET_BYTES) {
            throw new IOException("damaged: " + OBJECT + " has " + kept.remaining() + " bytes");
        }
        var secret = new byte[SECRET_BYTES];
        kept.get(secret);
        return new StreamTokens(secret, clock, random.nextLong());
    }

    /** What a token turned out to be. */
    public sealed interface Opened {
        /** It is ours, of this kind, and was sealed no longer ago than it lives. */
        record Valid(List<String> fields, long sealedAtMs) implements Opened {
            public Valid {
                fields = List.copyOf(fields);
            }
        }

        /** It is ours, of this kind, but too old. */
        record Expired(long sealedAtMs) implements Opened {}

        /** It is not ours, or of another kind. */
        record Forged() implements Opened {}
    }

    /** A token that says it was sealed now. */
    public String seal(String kind, String... fields) {
        return seal(kind, List.of(fields));
    }

    public String seal(String kind, List<String> fields) {
        return seal(kind, plain(fields));
    }

    /**
     * A token of this many bytes before Base64, whatever its fields: one more field of blanks is
     * the last.
     */
    String sealPadded(String kind, int bytes, List<String> fields) {
        int blanks = bytes - HEADER_BYTES - plain(fields).length - Short.BYTES - 16;
        var padded = new ArrayList<>(fields);
        padded.add(" ".repeat(blanks));
        return seal(kind, plain(padded));
    }

    private String seal(String kind, byte[] plain) {
        long count = counter.getAndIncrement();
        var bytes = ByteBuffer.allocate(HEADER_BYTES + plain.length + 16);
        bytes.putLong(VERSION).putLong(salt).putLong(count);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, key, count, kind);
            cipher.doFinal(ByteBuffer.wrap(plain), bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** Reads a token back; it lives this long from when it was sealed. */
    public Opened open(String kind, String token, Duration life) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return new Opened.Forged();
        }
        if (bytes.length < HEADER_BYTES + 16) {
            return new Opened.Forged();
        }
        var buffer = ByteBuffer.wrap(bytes);
        if (buffer.getLong() != VERSION) {
            return new Opened.Forged();
        }
        long sealer = buffer.getLong();
        long count = buffer.getLong();
        try {
            var sealerKey = sealer == salt ? key : keyFor(sealer);
            var cipher = cipher(Cipher.DECRYPT_MODE, sealerKey, count, kind);
            var plain =
                    ByteBuffer.wrap(
                            cipher.doFinal(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES));
            return read(plain, life);
        } catch (AEADBadTagException e) {
            return new Opened.Forged();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    private Opened read(ByteBuffer plain, Duration life) {
        try {
            long sealedAt = plain.getLong();
            if (clock.millis() - sealedAt > life.toMillis()) {
                return new Opened.Expired(sealedAt);
            }
            var fields = new ArrayList<String>();
            while (plain.hasRemaining()) {
                var field = new byte[plain.getShort() & 0xffff];
                plain.get(field);
                fields.add(new String(field, StandardCharsets.UTF_8));
            }
            return new Opened.Valid(fields, sealedAt);
        } catch (BufferUnderflowException e) {
            throw new IllegalStateException("a sealed token does not hold its fields", e);
        }
    }

    private byte[] plain(List<String> fields) {
        int length = Long.BYTES;
        var encoded = new ArrayList<byte[]>(fields.size());
        for (var field : fields) {
            var utf8 = field.getBytes(StandardCharsets.UTF_8);
            encoded.add(utf8);
            length += Short.BYTES + utf8.length;
        }
        if ((HEADER_BYTES + length + 16 + 2) / 3 * 4 > LENGTH_MAX) {
            throw new IllegalArgumentException("a token of " + length + " bytes is too long");
        }
        var plain = ByteBuffer.allocate(length).putLong(clock.millis());
        for (var utf8 : encoded) {
            plain.putShort((short) utf8.length).put(utf8);
        }
        return plain.array();
    }

    private SecretKeySpec keyFor(long sealer) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update("headrace token".getBytes(StandardCharsets.US_ASCII));
            mac.update(ByteBuffer.allocate(Long.BYTES).putLong(sealer).flip());
            var bytes = mac.doFinal();
            var derived = new SecretKeySpec(bytes, "AES");
            Arrays.fill(bytes, (byte) 0);
            return derived;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, long count, String kind)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        var nonce = ByteBuffer.allocate(12).putInt(0).putLong(count).array();
        cipher.init(mode, key, new GCMParameterSpec(128, nonce));
        cipher.updateAAD(kind.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
