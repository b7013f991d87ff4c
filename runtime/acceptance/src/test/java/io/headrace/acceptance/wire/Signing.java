package io.headrace.acceptance.wire;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signature Version 4 as the public specification has it, written apart from the node's. Any
 * thread.
 */
record Signing(URI endpoint, String keyId, String secret, @Nullable String token, Instant at) {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private String stamp() {
        return STAMP.format(at);
    }

    private String scope() {
        return stamp().substring(0, 8) + "/us-east-1/kinesis/aws4_request";
    }

    /** The headers of a signed POST. */
    Map<String, String> header(Map<String, String> headers, byte[] body) {
        var signed = withHost(headers);
        signed.put("x-amz-date", stamp());
        if (token != null) {
            signed.put("x-amz-security-token", token);
        }
        var names = String.join(";", signed.keySet());
        var canonical = canonical("", signed, sha256(body));
        signed.put(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                        .formatted(keyId, scope(), names, signature(canonical)));
        return signed;
    }

    /** The query of a presigned POST with these headers, question mark included. */
    String query(Map<String, String> headers, byte[] body, int expirySeconds) {
        var signed = withHost(headers);
        var query = new TreeMap<String, String>();
        query.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
        query.put("X-Amz-Credential", keyId + "/" + scope());
        query.put("X-Amz-Date", stamp());
        query.put("X-Amz-Expires", Integer.toString(expirySeconds));
        query.put("X-Amz-SignedHeaders", String.join(";", signed.keySet()));
        var text =
                query.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
                        .collect(Collectors.joining("&"));
        var canonical = canonical(text, signed, sha256(body));
        return "?" + text + "&X-Amz-Signature=" + signature(canonical);
    }

    private TreeMap<String, String> withHost(Map<String, String> headers) {
        var signed = new TreeMap<>(headers);
        signed.put("host", endpoint.getAuthority());
        return signed;
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String canonical(String query, Map<String, String> headers, String bodyHash) {
        var lines =
                headers.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue() + "\n")
                        .collect(Collectors.joining());
        return String.join(
                "\n", "POST", "/", query, lines, String.join(";", headers.keySet()), bodyHash);
    }

    private String signature(String canonical) {
        var text =
                String.join(
                        "\n",
                        "AWS4-HMAC-SHA256",
                        stamp(),
                        scope(),
                        sha256(canonical.getBytes(StandardCharsets.UTF_8)));
        var key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (var part : scope().split("/", -1)) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
