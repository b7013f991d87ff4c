package io.headrace.benchmarks.cluster;

import io.headrace.client.bench.LoadConnection;
import io.headrace.objects.Retries;
import io.headrace.objects.S3Credentials;
import io.headrace.objects.S3Server;
import io.headrace.objects.S3Settings;
import io.headrace.objects.S3Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/**
 * Creates objects if absent, one after the other: through the store's own client, or as bytes that
 * were signed before the clock ran, over one connection, which is the least a PUT can take. One
 * thread.
 */
final class StorePuts implements AutoCloseable {
    private static final String PREFIX = "puts";

    private final URI endpoint;
    private final String run;
    private final byte[] content;
    private final S3Store store;
    private final LoadConnection connection;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private long created;

    /**
     * @param run of its objects' names, unlike any other's
     * @param bytes of each object
     */
    StorePuts(S3Server server, String run, int bytes) throws IOException {
        this.endpoint = server.endpoint();
        this.run = run;
        var random = new SplittableRandom(run.hashCode());
        content = new byte[bytes];
        random.nextBytes(content);
        store = open(server, PREFIX, random);
        connection = new LoadConnection(endpoint);
    }

    /** The server's objects under a prefix, without retries. */
    static S3Store open(S3Server server, String prefix, SplittableRandom random) {
        var second = Duration.ofSeconds(1);
        return S3Store.open(
                S3Settings.of(
                                server.endpoint(),
                                "s3://" + S3Server.BUCKET + "/" + prefix,
                                S3Settings.DEFAULT_REGION)
                        .withTimeouts(
                                S3Settings.Timeouts.DEFAULT,
                                new Retries.Policy(1, second, second, second)),
                S3Credentials.ofEnvironment(S3Server.environment()),
                InstantSource.system(),
                System::nanoTime,
                random,
                Thread::sleep);
    }

    /** Nanoseconds through the client that journals are written by. */
    long own() throws IOException {
        var name = "%s-own-%06d".formatted(run, created++);
        var body = ByteBuffer.wrap(content);
        long begin = System.nanoTime();
        boolean isNew = store.createIfAbsent(name, body);
        long took = System.nanoTime() - begin;
        if (!isNew) {
            throw new IOException(name + " was there already");
        }
        return took;
    }

    /** Nanoseconds of nothing but the request and its answer. */
    long bare() throws IOException {
        var name = "%s-bare-%06d".formatted(run, created++);
        var head = head(name);
        var body = KinesisPuts.direct(content);
        long begin = System.nanoTime();
        int status = connection.exchange(head, body);
        long took = System.nanoTime() - begin;
        if (status != 200) {
            throw new IOException(name + ": " + status + " " + connection.bodyText());
        }
        return took;
    }

    private ByteBuffer head(String name) {
        var request =
                SdkHttpRequest.builder()
                        .method(SdkHttpMethod.PUT)
                        .uri(endpoint)
                        .encodedPath("/" + S3Server.BUCKET + "/" + PREFIX + "/" + name)
                        .putHeader("If-None-Match", "*")
                        .putHeader("Content-Length", Integer.toString(content.length))
                        .build();
        var keys = S3Server.environment();
        var signed =
                signer.sign(wish ->
                        wish.identity(
                                        AwsBasicCredentials.create(
                                                key(keys, "AWS_ACCESS_KEY_ID"),
                                                key(keys, "AWS_SECRET_ACCESS_KEY")))
                                .request(request)
                                .payload(() -> new ByteArrayInputStream(content))
                                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                                .putProperty(
                                        AwsV4HttpSigner.REGION_NAME, S3Settings.DEFAULT_REGION));
        var head =
                new StringBuilder("PUT ")
                        .append(signed.request().encodedPath())
                        .append(" HTTP/1.1\r\n");
        signed.request()
                .forEachHeader((header, values) ->
                        head.append(header)
                                .append(": ")
                                .append(String.join(",", values))
                                .append("\r\n"));
        return KinesisPuts.direct(
                head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String key(Map<String, String> keys, String name) {
        return Optional.ofNullable(keys.get(name)).orElseThrow();
    }

    @Override
    public void close() throws IOException {
        store.close();
        connection.close();
    }
}
