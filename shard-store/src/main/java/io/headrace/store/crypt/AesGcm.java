package io.headrace.store.crypt;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM with 12-byte nonces and 16-byte tags. */
final class AesGcm {
    static final int KEY_BYTES = 32;
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    private AesGcm() {}

    static SecretKey newKey(RandomGenerator random) {
        var bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return key(bytes);
    }

    static SecretKey key(byte[] bytes) {
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException("an AES-256 key has 32 bytes, not " + bytes.length);
        }
        return new SecretKeySpec(bytes, "AES");
    }

    static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /** Nonce, ciphertext and tag. */
    static byte[] wrap(SecretKey key, byte[] plain, byte[] authenticated, RandomGenerator random) {
        var wrapped = new byte[NONCE_BYTES + plain.length + TAG_BYTES];
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        System.arraycopy(nonce, 0, wrapped, 0, NONCE_BYTES);
        System.arraycopy(plain, 0, wrapped, NONCE_BYTES, plain.length);
        seal(newCipher(), key, nonce, authenticated, wrapped, NONCE_BYTES, plain.length);
        return wrapped;
    }

    /**
     * @throws AEADBadTagException if it was not wrapped by this key with these authenticated bytes
     */
    static byte[] unwrap(SecretKey key, byte[] wrapped, byte[] authenticated)
            throws AEADBadTagException {
        if (wrapped.length < NONCE_BYTES + TAG_BYTES) {
            throw new AEADBadTagException("only " + wrapped.length + " bytes");
        }
        var nonce = ByteBuffer.wrap(wrapped, 0, NONCE_BYTES);
        var plain = new byte[wrapped.length - NONCE_BYTES - TAG_BYTES];
        open(newCipher(), key, bytes(nonce), authenticated, wrapped, NONCE_BYTES, plain, 0);
        return plain;
    }

    /** Encrypts {@code length} bytes in place; the tag follows them. */
    static void seal(
            Cipher cipher,
            SecretKey key,
            byte[] nonce,
            byte[] authenticated,
            byte[] bytes,
            int offset,
            int length) {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
            cipher.updateAAD(authenticated);
            cipher.doFinal(bytes, offset, length, bytes, offset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM refused to encrypt", e);
        }
    }

    /** Decrypts all from {@code offset} on to {@code plain}. */
    static void open(
            Cipher cipher,
            SecretKey key,
            byte[] nonce,
            byte[] authenticated,
            byte[] bytes,
            int offset,
            byte[] plain,
            int plainOffset)
            throws AEADBadTagException {
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
            cipher.updateAAD(authenticated);
            cipher.doFinal(bytes, offset, bytes.length - offset, plain, plainOffset);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM refused to decrypt", e);
        }
    }

    static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
