package io.headrace.objects;

import io.headrace.store.Ticker;
import io.headrace.store.object.ObjectStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Tries whether a store keeps what {@link ObjectStore} promises, before anything depends on it: of
 * all who create a name at once, over connections of their own, exactly one wins, and the object is
 * the winner's; what is created or deleted over one connection is seen so in a listing over
 * another, also while other names come and go; and a deleted name can be created again. A server
 * can pass by luck, but one that is wrong in its workings seldom gets through all rounds.
 *
 * <p>For one thread; it uses several. What it creates it deletes.
 */
public final class StoreProbe {
    static final int WRITERS = 8;

    private static final int RACES = 12;
    private static final int LISTINGS = 8;
    private static final int CHURNERS = 2;
    private static final int CONTENT_BYTES = 4096;
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(2);

    private final String server;
    private final List<? extends ObjectStore> stores;
    private final Ticker ticker;
    private final Consumer<String> progress;
    private final RandomGenerator random;
    private final String folder;
    private final Set<String> created = new ConcurrentSkipListSet<>();
    private long shownNanos;

    /** What a store passed. */
    public record Report(int races, int listings, Duration took) {}

    /**
     * A probe of one store.
     *
     * @param server its name, for messages
     * @param stores the same one opened {@link #WRITERS} times, each with connections of its own
     * @param progress gets a line at the start and every two seconds
     */
    StoreProbe(
            String server,
            List<? extends ObjectStore> stores,
            Ticker ticker,
            RandomGenerator random,
            Consumer<String> progress) {
        if (stores.size() != WRITERS) {
            throw new IllegalArgumentException(stores.size() + " stores");
        }
        this.server = server;
        this.stores = List.copyOf(stores);
        this.ticker = ticker;
        this.random = random;
        this.progress = progress;
        this.folder = "probe/" + HexFormat.of().toHexDigits(random.nextLong()) + "/";
    }

    /**
     * Tries it all.
     *
     * @throws UnfitStoreException if a promise is broken
     * @throws IOException if the store could not be tried, or does not delete
     */
    Report run() throws IOException {
        long start = ticker.nanos();
        shownNanos = start;
        progress.accept("probing " + server);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            createTwice();
            for (int round = 0; round < RACES; round++) {
                race(round, threads);
                show("race " + (round + 1) + " of " + RACES);
            }
            recreate();
            listWhileOthersComeAndGo(threads);
        } finally {
            for (var name : created) {
                stores.getFirst().delete(name);
            }
        }
        return new Report(RACES, LISTINGS, Duration.ofNanos(ticker.nanos() - start));
    }

    private void createTwice() throws IOException {
        var first = content("first");
        check(create(0, "twice", first), "it refuses to create a new name");
        check(
                !create(1, "twice", content("second")),
                "it creates a name that exists already (If-None-Match: * is ignored)");
        check(holds(2, "twice", first), "it does not keep what the first creator wrote");
    }

    private void race(int round, ExecutorService threads) throws IOException {
        var name = "race-" + round;
        var barrier = new CyclicBarrier(WRITERS);
        var contents = new ArrayList<ByteBuffer>();
        var outcomes = new ArrayList<Future<Boolean>>();
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            var content = content("writer " + writer);
            contents.add(content);
            outcomes.add(
                    threads.submit(() -> {
                        barrier.await();
                        return create(number, name, content);
                    }));
        }
        var winners = new ArrayList<Integer>();
        for (int writer = 0; writer < WRITERS; writer++) {
            if (result(outcomes.get(writer))) {
                winners.add(writer);
            }
        }
        check(
                winners.size() == 1,
                "of %d who created a name at once %d were told that they did"
                        .formatted(WRITERS, winners.size()));
        int winner = winners.getFirst();
        check(
                holds((winner + 1) % WRITERS, name, contents.get(winner)),
                "after a race it holds other bytes than the winner's");
    }

    private void recreate() throws IOException {
        create(0, "again", content("old"));
        stores.get(1).delete(folder + "again");
        check(
                stores.get(2).get(folder + "again").isEmpty(),
                "it still gives an object that was deleted over another connection");
        var fresh = content("new");
        check(createDeleted(fresh), "it refuses to create a name that was deleted");
        check(!create(0, "again", content("late")), "it creates a name twice after a delete");
        check(holds(1, "again", fresh), "after a delete it holds other bytes than the creator's");
    }

    /** False too if it answers other calls, but this one not in any way that can be understood. */
    private boolean createDeleted(ByteBuffer content) throws IOException {
        try {
            return create(3, "again", content);
        } catch (IOException e) {
            try {
                stores.get(3).get(folder + "twice");
            } catch (IOException gone) {
                e.addSuppressed(gone);
                throw e;
            }
            return false;
        }
    }

    private void listWhileOthersComeAndGo(ExecutorService threads) throws IOException {
        var ended = new AtomicBoolean();
        var churn = new ArrayList<Future<Boolean>>();
        for (int i = 0; i < CHURNERS; i++) {
            int number = WRITERS - 1 - i;
            churn.add(threads.submit(churn(number, ended)));
        }
        try {
            for (int round = 0; round < LISTINGS; round++) {
                list(round);
                show("listing " + (round + 1) + " of " + LISTINGS);
            }
        } finally {
            ended.set(true);
            for (var each : churn) {
                result(each);
            }
        }
    }

    private Callable<Boolean> churn(int number, AtomicBoolean ended) {
        return () -> {
            var content = content("churn");
            for (int i = 0; !ended.get(); i++) {
                var name = "list-" + number + "-" + i;
                create(number, name, content);
                stores.get(number).delete(folder + name);
                created.remove(folder + name);
            }
            return true;
        };
    }

    private void list(int round) throws IOException {
        var name = "list-x" + round;
        var prefix = folder + "list-";
        var writer = stores.get(round % 3);
        var reader = stores.get(round % 3 + 1);
        create(round % 3, name, content(name));
        check(
                reader.list(prefix).contains(folder + name),
                "a listing misses an object created before over another connection");
        writer.delete(folder + name);
        check(
                !reader.list(prefix).contains(folder + name),
                "a listing has an object deleted before over another connection");
    }

    private boolean create(int writer, String name, ByteBuffer content) throws IOException {
        created.add(folder + name);
        return stores.get(writer).createIfAbsent(folder + name, content.duplicate());
    }

    private boolean holds(int reader, String name, ByteBuffer content) throws IOException {
        return stores.get(reader).get(folder + name).filter(content::equals).isPresent();
    }

    /** Begins with the words, and is like no other. */
    private ByteBuffer content(String words) {
        var bytes = new byte[CONTENT_BYTES];
        synchronized (random) {
            random.nextBytes(bytes);
        }
        return ByteBuffer.wrap(bytes).put(words.getBytes(StandardCharsets.UTF_8)).rewind();
    }

    private void check(boolean kept, String otherwise) throws UnfitStoreException {
        if (!kept) {
            throw new UnfitStoreException(server, otherwise);
        }
    }

    private void show(String what) {
        long now = ticker.nanos();
        if (now - shownNanos >= PROGRESS_EVERY.toNanos()) {
            shownNanos = now;
            progress.accept("probing " + server + ": " + what);
        }
    }

    private static boolean result(Future<Boolean> outcome) throws IOException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("a probe failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("while a store was probed");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
