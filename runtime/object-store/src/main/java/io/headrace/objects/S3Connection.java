package io.headrace.objects;

import io.minio.Http;
import io.minio.Signer;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * One signed request to one bucket, sent once: what looks like one attempt here is one attempt on
 * the wire. Addresses, signatures and messages are the MinIO client's; its calls are not used,
 * since they send again by themselves, and so does OkHttp unless told not to. Any thread may call;
 * the caller's thread does the work.
 */
final class S3Connection implements AutoCloseable {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Shorter than servers keep a silent connection, so that few requests meet a closed one. */
    private static final int KEEP_ALIVE_SECONDS = 20;

    private static final int REFUSAL_BYTES_MAX = 64 << 10;

    private final S3Settings settings;
    private final S3Credentials credentials;
    private final InstantSource clock;
    private final Http.BaseUrl url;
    private final OkHttpClient client;
    private final InFlight inFlight;

    S3Connection(S3Settings settings, S3Credentials credentials, InstantSource clock) {
        this.settings = settings;
        this.credentials = credentials;
        this.clock = clock;
        this.url = new Http.BaseUrl(settings.endpoint().toString());
        this.url.disableVirtualStyleEndpoint();
        var timeouts = settings.timeouts();
        this.client =
                new OkHttpClient.Builder()
                        .protocols(List.of(Protocol.HTTP_1_1))
                        .retryOnConnectionFailure(false)
                        .followRedirects(false)
                        .followSslRedirects(false)
                        .connectTimeout(timeouts.connect())
                        .readTimeout(timeouts.idle())
                        .writeTimeout(timeouts.idle())
                        .callTimeout(timeouts.request())
                        .connectionPool(
                                new ConnectionPool(
                                        settings.connectionsMax(),
                                        KEEP_ALIVE_SECONDS,
                                        TimeUnit.SECONDS))
                        .build();
        this.inFlight =
                new InFlight(
                        settings.connectionsMax(), settings.inFlightBytesMax(), timeouts.request());
    }

    /**
     * Sends it and reads the answer to its end, whatever the status.
     *
     * @throws InterruptedIOException if the thread was interrupted
     * @throws LostAnswerException if there was no answer; the request may have been carried out
     */
    S3Answer send(S3Request request) throws IOException {
        try (var turn = inFlight.enter()) {
            if (request.body().isPresent()) {
                turn.takeRoom(request.body().get().contentLength());
            }
            try (var response = client.newCall(signed(request)).execute()) {
                return read(request, response, turn);
            }
        } catch (IOException e) {
            throw told(request, e);
        }
    }

    /** Where a request goes, for a message. */
    String where(S3Request request) {
        return request.method()
                + " "
                + settings.endpoint()
                + " bucket "
                + settings.bucket()
                + request.key().map(key -> " key " + key).orElse("");
    }

    @Override
    public void close() {
        client.dispatcher().cancelAll();
        client.connectionPool().evictAll();
    }

    private IOException told(S3Request request, IOException e) {
        var message = where(request) + ": " + e;
        if (Thread.currentThread().isInterrupted()) {
            var interrupted = new InterruptedIOException(message);
            interrupted.initCause(e);
            return interrupted;
        }
        boolean unreachable =
                e instanceof ConnectException
                        || e instanceof UnknownHostException
                        || e instanceof NoRouteToHostException;
        return new LostAnswerException(message, e, !unreachable);
    }

    private Request signed(S3Request request) throws IOException {
        var body = request.body();
        var digest = body.orElse(BufferBody.EMPTY).digest();
        try {
            var target =
                    url.buildUrl(
                            request.method(),
                            settings.bucket(),
                            request.key().orElse(null),
                            settings.region(),
                            new Http.QueryParameters(request.query()));
            var unsigned =
                    new Request.Builder()
                            .url(target)
                            .header("Host", hostOf(target))
                            .header("User-Agent", "headrace")
                            // OkHttp would ask for gzip, and hide lengths.
                            .header("Accept-Encoding", "identity")
                            .header("x-amz-content-sha256", digest)
                            .header("x-amz-date", DATE.format(clock.instant()))
                            .method(request.method().toString(), body.orElse(null));
            credentials
                    .sessionToken()
                    .ifPresent(token -> unsigned.header("x-amz-security-token", token));
            request.headers().forEach(unsigned::header);
            return Signer.signV4S3(
                    unsigned.build(),
                    settings.region(),
                    credentials.accessKey(),
                    credentials.secretKey(),
                    digest);
        } catch (MinioException e) {
            throw new IOException("the request could not be signed", e);
        }
    }

    private static String hostOf(okhttp3.HttpUrl target) {
        var host = target.host().contains(":") ? "[" + target.host() + "]" : target.host();
        return target.port() == okhttp3.HttpUrl.defaultPort(target.scheme())
                ? host
                : host + ":" + target.port();
    }

    private static S3Answer read(S3Request request, Response response, InFlight.Turn turn)
            throws IOException {
        var status = response.code();
        var body = response.body();
        boolean large = request.body().isEmpty() && response.isSuccessful();
        var bytes =
                request.method() == Http.Method.HEAD
                        ? ByteBuffer.allocate(0)
                        : large ? readWhole(body, turn) : readShort(body);
        return new S3Answer(status, response.headers(), bytes);
    }

    private static ByteBuffer readWhole(ResponseBody body, InFlight.Turn turn) throws IOException {
        long length = body.contentLength();
        if (length > Integer.MAX_VALUE - 8) {
            throw new IOException("an object of " + length + " bytes is too large to be read");
        }
        if (length < 0) {
            // Sent in chunks; only listings are, in practice.
            return ByteBuffer.wrap(body.bytes());
        }
        turn.takeRoom(length);
        var bytes = new byte[(int) length];
        body.source().readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private static ByteBuffer readShort(ResponseBody body) throws IOException {
        var source = body.source();
        source.request(REFUSAL_BYTES_MAX);
        int length = (int) Math.min(REFUSAL_BYTES_MAX, source.getBuffer().size());
        return ByteBuffer.wrap(source.readByteArray(length));
    }

    /** Length the server names for an object's body, which a HEAD does not carry. */
    static Optional<Long> lengthOf(S3Answer answer) {
        return answer.header("Content-Length").map(Long::parseLong);
    }
}
