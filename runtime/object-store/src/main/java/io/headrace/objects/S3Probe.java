package io.headrace.objects;

import io.headrace.store.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Tries an S3 server before journals are kept on it: what {@link StoreProbe} tries, and first that
 * the server keeps the nonce beside an object, by which {@link S3Store} settles lost answers.
 */
public final class S3Probe {
    private static final int CONNECTIONS = 2;

    private S3Probe() {}

    /**
     * Takes a second or two, by far most of it waiting for the server.
     *
     * @param random as {@link S3Store#open} wants it
     * @param progress gets a line at the start and every two seconds
     * @throws UnfitStoreException if the server is not fit, with the reason
     * @throws IOException if it could not be tried
     */
    public static StoreProbe.Report run(
            S3Settings settings,
            S3Credentials credentials,
            InstantSource clock,
            Ticker ticker,
            RandomGenerator random,
            Retries.Pause pause,
            Consumer<String> progress)
            throws IOException {
        var server = settings.endpoint() + " (bucket " + settings.bucket() + ")";
        var few = settings.withBounds(CONNECTIONS, S3Store.OBJECT_BYTES_MAX);
        var stores = new ArrayList<S3Store>();
        try {
            for (int i = 0; i < StoreProbe.WRITERS; i++) {
                stores.add(S3Store.open(few, credentials, clock, ticker, random, pause));
            }
            tryNonces(server, stores.get(0), stores.get(1), random);
            return new StoreProbe(server, stores, ticker, random, progress).run();
        } finally {
            stores.forEach(S3Store::close);
        }
    }

    private static void tryNonces(String server, S3Store one, S3Store other, RandomGenerator random)
            throws IOException {
        long number = random.nextLong();
        var nonce = HexFormat.of().toHexDigits(number);
        var name = "probe/" + nonce + "/nonce";
        var content = ByteBuffer.wrap(new byte[] {1});
        try {
            one.createAs(name, nonce, content.duplicate());
            if (!other.nonceOf(name).filter(nonce::equals).isPresent()) {
                throw new UnfitStoreException(
                        server,
                        "it does not keep "
                                + S3Store.NONCE_HEADER
                                + ", without which a lost answer cannot be settled");
            }
            if (!one.createAs(name, nonce, content.duplicate())) {
                throw new UnfitStoreException(server, "a repeated create does not know itself");
            }
        } finally {
            one.delete(name);
        }
    }
}
