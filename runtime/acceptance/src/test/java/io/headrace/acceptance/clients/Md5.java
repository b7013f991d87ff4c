package io.headrace.acceptance.clients;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash that chooses a record's shard. */
final class Md5 {
    private Md5() {}

    static BigInteger hashKey(String partitionKey) {
        try {
            var digest = MessageDigest.getInstance("MD5");
            return new BigInteger(1, digest.digest(partitionKey.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
