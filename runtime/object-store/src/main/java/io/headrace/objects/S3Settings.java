package io.headrace.objects;

import io.headrace.store.object.ObjectName;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Where the objects are, and how much is asked of the server at once.
 *
 * @param endpoint {@code http} or {@code https}, host and port, nothing else
 * @param prefix of every key; empty, or ends in {@code /}
 * @param connectionsMax requests under way at once; more wait
 * @param inFlightBytesMax bytes of bodies under way at once, sent and received; more wait
 */
public record S3Settings(
        URI endpoint,
        String bucket,
        String prefix,
        String region,
        int connectionsMax,
        long inFlightBytesMax,
        Timeouts timeouts,
        Retries.Policy retries) {
    public static final String DEFAULT_REGION = "us-east-1";

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final String SCHEME = "s3://";

    /**
     * After which a request is given up.
     *
     * @param connect until there is a connection
     * @param idle without a byte in either direction
     * @param request for a request as a whole, and for its turn before it
     */
    public record Timeouts(Duration connect, Duration idle, Duration request) {
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(20));

        public Timeouts {
            if (!connect.isPositive() || !idle.isPositive() || !request.isPositive()) {
                throw new IllegalArgumentException("a timeout of an object store must be positive");
            }
        }
    }

    public S3Settings {
        var scheme = endpoint.getScheme();
        var path = endpoint.getRawPath();
        if (!("http".equals(scheme) || "https".equals(scheme))
                || endpoint.getHost() == null
                || endpoint.getRawUserInfo() != null
                || !(path == null || path.isEmpty() || path.equals("/"))
                || endpoint.getRawQuery() != null
                || endpoint.getRawFragment() != null) {
            // Not printed: what does not belong there may be a password.
            throw new IllegalArgumentException(
                    "the endpoint of an object store is http(s)://host:port and nothing else");
        }
        if (!BUCKET.matcher(bucket).matches()) {
            throw new IllegalArgumentException("'" + bucket + "' is no bucket name");
        }
        if (!prefix.isEmpty()) {
            prefix = prefix.endsWith("/") ? prefix : prefix + "/";
            ObjectName.checked(prefix.substring(0, prefix.length() - 1));
        }
        if (region.isBlank()) {
            throw new IllegalArgumentException("the region of an object store is empty");
        }
        if (connectionsMax < 1 || inFlightBytesMax < S3Store.OBJECT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "an object store needs a connection and room for one object of "
                            + S3Store.OBJECT_BYTES_MAX
                            + " bytes");
        }
    }

    /** Of {@code s3://bucket} or {@code s3://bucket/prefix}. */
    public static S3Settings of(URI endpoint, String location, String region) {
        if (!location.startsWith(SCHEME)) {
            throw new IllegalArgumentException("'" + location + "' is not s3://bucket/prefix");
        }
        var rest = location.substring(SCHEME.length());
        int slash = rest.indexOf('/');
        return new S3Settings(
                endpoint,
                slash < 0 ? rest : rest.substring(0, slash),
                slash < 0 ? "" : rest.substring(slash + 1),
                region,
                32,
                256L << 20,
                Timeouts.DEFAULT,
                Retries.Policy.DEFAULT);
    }

    public S3Settings withEndpoint(URI other) {
        return new S3Settings(
                other, bucket, prefix, region, connectionsMax, inFlightBytesMax, timeouts, retries);
    }

    public S3Settings withPrefix(String other) {
        return new S3Settings(
                endpoint,
                bucket,
                other,
                region,
                connectionsMax,
                inFlightBytesMax,
                timeouts,
                retries);
    }

    public S3Settings withTimeouts(Timeouts otherTimeouts, Retries.Policy otherRetries) {
        return new S3Settings(
                endpoint,
                bucket,
                prefix,
                region,
                connectionsMax,
                inFlightBytesMax,
                otherTimeouts,
                otherRetries);
    }

    public S3Settings withBounds(int connections, long inFlightBytes) {
        return new S3Settings(
                endpoint, bucket, prefix, region, connections, inFlightBytes, timeouts, retries);
    }
}
