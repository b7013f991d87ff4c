package io.headrace.objects;

import io.headrace.store.Ticker;
import io.headrace.store.object.ObjectName;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.minio.Http;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An object a key of one bucket. A create is one PUT with {@code If-None-Match: *}, and carries a
 * nonce that the server keeps beside the object. "Exists already" may be the echo of an attempt
 * whose answer got lost, ours or one made by something between us and the server; then the nonce
 * that is read back tells who won.
 *
 * <p>What fails in a way that may pass is tried again, within bounds; a create that is still
 * unclear then fails with an {@link IOException}, and may take effect even later.
 *
 * <p>A listing of more than a thousand names takes several requests: whatever exists during all of
 * it is in it, but of what comes and goes meanwhile it may hold the later and miss the earlier.
 *
 * <p>Any thread may call any method; each does its own work.
 */
public final class S3Store implements ObjectStore {
    /** What one object may have: it is sent in one request, never in parts. */
    public static final int OBJECT_BYTES_MAX = 64 << 20;

    static final String NONCE_HEADER = "x-amz-meta-headrace-nonce";

    private static final int NONCE_BYTES = 16;
    private static final int KEY_CHARS_MAX = 1024;

    private final S3Settings settings;
    private final S3Connection connection;
    private final S3Listing listing;
    private final Retries retries;
    private final RandomGenerator random;

    private volatile @Nullable String refusedKeys;

    private S3Store(
            S3Settings settings, S3Connection connection, Retries retries, RandomGenerator random) {
        this.settings = settings;
        this.connection = connection;
        this.retries = retries;
        this.random = random;
        this.listing = new S3Listing(this::callChecked, settings.prefix());
    }

    /**
     * Connects to nothing yet. The bucket must exist.
     *
     * @param random of nonces and pauses; one that nobody can repeat, and no other store has
     */
    public static S3Store open(
            S3Settings settings,
            S3Credentials credentials,
            InstantSource clock,
            Ticker ticker,
            RandomGenerator random,
            Retries.Pause pause) {
        return new S3Store(
                settings,
                new S3Connection(settings, credentials, clock),
                new Retries(settings.retries(), ticker, random, pause),
                random);
    }

    /** As {@link ObjectStore#createIfAbsent} says; content up to {@link #OBJECT_BYTES_MAX}. */
    @Override
    public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
        var key = key(name);
        long length = 0;
        for (var part : content) {
            length += part.remaining();
        }
        if (length > OBJECT_BYTES_MAX) {
            throw new IllegalArgumentException(name + " would have " + length + " bytes");
        }
        return create(key, nonce(), new BufferBody(content));
    }

    @Override
    public Set<String> createAllIfAbsent(Map<String, ByteBuffer> objects) throws IOException {
        return ParallelCreates.run(this, objects, settings.connectionsMax());
    }

    @Override
    public Optional<String> trouble() {
        return Optional.ofNullable(refusedKeys);
    }

    @Override
    public Optional<ByteBuffer> get(String name) throws IOException {
        var request = S3Request.of(Http.Method.GET, key(name));
        var answer = call(request);
        if (answer.isMissingObject()) {
            return Optional.empty();
        }
        return Optional.of(checked(request, answer).body());
    }

    @Override
    public ByteBuffer read(String name, long offset, int length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new EOFException(name + " has nothing at " + offset + " + " + length);
        }
        if (length == 0) {
            long size = size(name).orElseThrow(() -> new NoSuchFileException(name));
            if (offset > size) {
                throw new EOFException(name + " has " + size + " bytes");
            }
            return ByteBuffer.allocate(0);
        }
        var range = "bytes=" + offset + "-" + (offset + length - 1);
        var request = S3Request.of(Http.Method.GET, key(name)).withHeader("Range", range);
        var answer = call(request);
        if (answer.isMissingObject()) {
            throw new NoSuchFileException(name);
        }
        if (answer.status() == 416) {
            throw new EOFException(name + " ends before " + range);
        }
        var body = checked(request, answer).body();
        if (answer.status() != 206 || body.remaining() > length) {
            throw gaveWhole(request);
        }
        if (body.remaining() < length) {
            throw new EOFException(name + " ends before " + range);
        }
        return body;
    }

    @Override
    public ByteBuffer readUpTo(String name, long offset, int lengthMax) throws IOException {
        if (offset < 0 || lengthMax < 0) {
            throw new IllegalArgumentException("up to " + lengthMax + " bytes at " + offset);
        }
        if (lengthMax == 0) {
            return read(name, 0, 0);
        }
        long last = Math.min(offset, Long.MAX_VALUE - lengthMax) + lengthMax - 1;
        var range = "bytes=" + offset + "-" + last;
        var request = S3Request.of(Http.Method.GET, key(name)).withHeader("Range", range);
        var answer = call(request);
        if (answer.isMissingObject()) {
            throw new NoSuchFileException(name);
        }
        if (answer.status() == 416) {
            return ByteBuffer.allocate(0);
        }
        var body = checked(request, answer).body();
        // Of an empty object some servers give the whole rather than say that it has no such range.
        boolean isRange = answer.status() == 206 || (offset == 0 && !body.hasRemaining());
        if (!isRange || body.remaining() > lengthMax) {
            throw gaveWhole(request);
        }
        return body;
    }

    private IOException gaveWhole(S3Request request) {
        return new IOException(
                connection.where(request) + ": it gives the whole where a range was asked for");
    }

    @Override
    public Optional<Long> size(String name) throws IOException {
        var request = S3Request.of(Http.Method.HEAD, key(name));
        var answer = call(request);
        if (answer.isMissingObject()) {
            // A HEAD cannot say whether the object is missing or the whole bucket.
            return get(name).map(content -> (long) content.remaining());
        }
        return S3Connection.lengthOf(checked(request, answer));
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        return listing.names(ObjectName.checkPrefix(prefix));
    }

    @Override
    public void delete(String name) throws IOException {
        var request = S3Request.of(Http.Method.DELETE, key(name));
        var answer = call(request);
        if (!answer.isMissingObject()) {
            checked(request, answer);
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Who created the object, as the server kept it; empty if it kept nothing or has none. */
    Optional<String> nonceOf(String name) throws IOException {
        var request = S3Request.of(Http.Method.HEAD, key(name));
        var answer = call(request);
        return answer.isMissingObject()
                ? Optional.empty()
                : checked(request, answer).header(NONCE_HEADER);
    }

    /** Creates under a nonce of the caller's choice. */
    boolean createAs(String name, String nonce, ByteBuffer content) throws IOException {
        return create(key(name), nonce, new BufferBody(content));
    }

    private boolean create(String key, String nonce, BufferBody body) throws IOException {
        var headers = Map.of("If-None-Match", "*", NONCE_HEADER, nonce);
        var request = S3Request.put(key, headers, body);
        var run = retries.start();
        boolean unclear = false;
        IOException last;
        do {
            try {
                var answer = send(request);
                if (answer.isSuccess()) {
                    return true;
                }
                last = refusal(request, answer);
                if (answer.isTaken()) {
                    var winner = winner(key);
                    if (winner.isPresent()) {
                        return winner.get().equals(nonce);
                    }
                    // Deleted since: the name is free again.
                } else if (answer.isFull() && !unclear) {
                    throw new StoreFullException("the object store has no room", last);
                } else if (answer.isWorthAnotherTry()) {
                    unclear = true;
                } else if (!answer.isConflict()) {
                    throw unclear ? unknown(key, run, last) : last;
                }
            } catch (LostAnswerException e) {
                last = e;
                unclear |= e.wasSent();
            }
        } while (run.again());
        throw unclear ? unknown(key, run, last) : gaveUp(run, last);
    }

    /**
     * Nonce of the object that has the name, which is empty if it was kept by no store of ours;
     * nothing if there is no object any more.
     */
    private Optional<String> winner(String key) throws IOException {
        var request = S3Request.of(Http.Method.HEAD, key);
        var answer = send(request);
        if (answer.isMissingObject()) {
            return Optional.empty();
        }
        if (!answer.isSuccess()) {
            var refusal = refusal(request, answer);
            throw new LostAnswerException("it is not known who created " + key, refusal, true);
        }
        return Optional.of(answer.header(NONCE_HEADER).orElse(""));
    }

    /** For what may be done more than once; returns any answer that is worth no other try. */
    private S3Answer call(S3Request request) throws IOException {
        var run = retries.start();
        IOException last;
        do {
            try {
                var answer = send(request);
                if (!answer.isWorthAnotherTry() && !answer.isConflict()) {
                    return answer;
                }
                last = refusal(request, answer);
            } catch (LostAnswerException e) {
                last = e;
            }
        } while (run.again());
        throw gaveUp(run, last);
    }

    private S3Answer callChecked(S3Request request) throws IOException {
        return checked(request, call(request));
    }

    private S3Answer send(S3Request request) throws IOException {
        var answer = connection.send(request);
        if (answer.isSuccess()) {
            refusedKeys = null;
        } else if (answer.saysKeysAreWrong()) {
            refusedKeys = refusal(request, answer).getMessage();
        }
        return answer;
    }

    private S3Answer checked(S3Request request, S3Answer answer) throws IOException {
        if (!answer.isSuccess()) {
            throw refusal(request, answer);
        }
        return answer;
    }

    private IOException refusal(S3Request request, S3Answer answer) {
        return new IOException(connection.where(request) + " " + answer.refusal());
    }

    private static IOException gaveUp(Retries.Run run, IOException last) {
        return new IOException("gave up after " + run.attempts() + " attempts", last);
    }

    private static IOException unknown(String key, Retries.Run run, IOException last) {
        return new IOException(
                "outcome unknown: whether "
                        + key
                        + " was created is not clear after "
                        + run.attempts()
                        + " attempts",
                last);
    }

    private String key(String name) {
        var key = settings.prefix() + ObjectName.checked(name);
        if (key.length() > KEY_CHARS_MAX) {
            throw new IllegalArgumentException("key of " + key.length() + " characters");
        }
        return key;
    }

    private String nonce() {
        var bytes = new byte[NONCE_BYTES];
        synchronized (random) {
            random.nextBytes(bytes);
        }
        return HexFormat.of().formatHex(bytes);
    }
}
