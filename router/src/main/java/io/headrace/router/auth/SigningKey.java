package io.headrace.router.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A SigV4 key of one day, region and service. Any thread may use it. */
final class SigningKey {
    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;

    private SigningKey(byte[] key) {
        this.key = new SecretKeySpec(key, HMAC);
    }

    static SigningKey derive(Secret secret, CredentialScope scope) {
        var key = secret.prefixedBy("AWS4");
        for (var step :
                new String[] {
                    scope.day(), scope.region(), scope.service(), CredentialScope.TERMINATOR
                }) {
            key = hmac(new SecretKeySpec(key, HMAC), step);
        }
        return new SigningKey(key);
    }

    /** In lower-case hex. */
    String sign(String stringToSign) {
        return HexFormat.of().formatHex(hmac(key, stringToSign));
    }

    /** A SHA-256 in lower-case hex. */
    static String sha256(ByteBuffer bytes) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] hmac(SecretKeySpec key, String text) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
