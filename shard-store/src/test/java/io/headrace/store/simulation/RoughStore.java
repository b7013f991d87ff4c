package io.headrace.store.simulation;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.simulation.Scheduler.Crashed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A store at the end of a bad network, shared by all simulated machines. Every call is a scheduling
 * point. A create may be lost, done without an answer, done twice, or done long after it was given
 * up; so may a delete; what a crashed machine had sent may still arrive. Listings are complete at
 * the moment they are made: that much is asked of a store. {@link #landOne} and those that set
 * something are for the driver, all else for the strands.
 */
public final class RoughStore implements ObjectStore {
    private final MemoryStore objects;
    private final Scheduler scheduler;
    private final RandomGenerator random;
    private final Trace trace;
    private final List<Late> late = new ArrayList<>();
    private Weather weather = Weather.CALM;

    /**
     * Chances, each 0 to 1.
     *
     * @param unanswered a create or delete is done, and nobody says so
     * @param twice it is done, and once more later: a library below us sent it again
     * @param late it is given up, and done later
     * @param lost it is never done
     * @param unread a read fails
     */
    public record Weather(
            double unanswered, double twice, double late, double lost, double unread) {
        public static final Weather CALM = new Weather(0, 0, 0, 0, 0);
        public static final Weather ROUGH = new Weather(0.08, 0.06, 0.15, 0.05, 0);
        public static final Weather MILD = new Weather(0.02, 0.02, 0.03, 0.02, 0.01);
    }

    /** What was sent and will arrive some time. */
    private record Late(String what, Runnable arrival) {}

    public RoughStore(
            MemoryStore objects, Scheduler scheduler, RandomGenerator random, Trace trace) {
        this.objects = objects;
        this.scheduler = scheduler;
        this.random = random;
        this.trace = trace;
    }

    public void setWeather(Weather weather) {
        this.weather = weather;
    }

    /** Something that was sent long ago arrives; false if there is nothing. */
    public boolean landOne() {
        if (late.isEmpty()) {
            return false;
        }
        var arrived = late.remove(random.nextInt(late.size()));
        trace.add("late", arrived.what());
        arrived.arrival().run();
        return true;
    }

    @Override
    public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
        var bytes = joined(content);
        var call = "create " + name;
        var put = new Late(call, () -> objects.createIfAbsent(name, bytes.duplicate()));
        send(put);
        return switch (fate()) {
            case DONE -> created(name, bytes);
            case UNANSWERED -> {
                created(name, bytes);
                throw new IOException("no answer to " + call);
            }
            case TWICE -> {
                late.add(put);
                yield created(name, bytes);
            }
            case LATE -> {
                late.add(put);
                throw new IOException("given up: " + call);
            }
            case LOST -> throw new IOException("lost: " + call);
        };
    }

    @Override
    public void delete(String name) throws IOException {
        var call = "delete " + name;
        var delete = new Late(call, () -> objects.delete(name));
        send(delete);
        switch (fate()) {
            case DONE -> objects.delete(name);
            case UNANSWERED -> {
                objects.delete(name);
                throw new IOException("no answer to " + call);
            }
            case TWICE -> {
                late.add(delete);
                objects.delete(name);
            }
            case LATE -> {
                late.add(delete);
                throw new IOException("given up: " + call);
            }
            case LOST -> throw new IOException("lost: " + call);
        }
    }

    @Override
    public Optional<ByteBuffer> get(String name) throws IOException {
        read("get " + name);
        return objects.get(name);
    }

    @Override
    public ByteBuffer read(String name, long offset, int length) throws IOException {
        read("read " + name);
        return objects.read(name, offset, length);
    }

    @Override
    public ByteBuffer readUpTo(String name, long offset, int lengthMax) throws IOException {
        read("read " + name);
        return objects.readUpTo(name, offset, lengthMax);
    }

    @Override
    public Optional<Long> size(String name) throws IOException {
        read("size of " + name);
        return objects.size(name);
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        read("list " + prefix);
        return objects.list(prefix);
    }

    @Override
    public void close() {}

    private enum Fate {
        DONE,
        UNANSWERED,
        TWICE,
        LATE,
        LOST
    }

    private Fate fate() {
        double dice = random.nextDouble() - weather.unanswered();
        if (dice < 0) {
            return told(Fate.UNANSWERED);
        }
        dice -= weather.twice();
        if (dice < 0) {
            return told(Fate.TWICE);
        }
        dice -= weather.late();
        if (dice < 0) {
            return told(Fate.LATE);
        }
        return dice < weather.lost() ? told(Fate.LOST) : Fate.DONE;
    }

    private Fate told(Fate fate) {
        trace.add("  fate", fate.name());
        return fate;
    }

    /** Under way; a machine that crashes has sent it or not. */
    private void send(Late call) {
        try {
            scheduler.pause(call.what());
        } catch (Crashed e) {
            if (random.nextDouble() < 0.7) {
                late.add(call);
            }
            throw e;
        }
    }

    private boolean created(String name, ByteBuffer bytes) {
        boolean won = objects.createIfAbsent(name, bytes.duplicate());
        if (!won) {
            trace.add("  exists", name);
        }
        if (name.contains("/manifest/")) {
            trace.tell(() -> StandardCharsets.US_ASCII.decode(bytes.duplicate()).toString());
        }
        return won;
    }

    private void read(String call) throws IOException {
        scheduler.pause(call);
        if (random.nextDouble() < weather.unread()) {
            throw new IOException("no answer to " + call);
        }
    }

    private static ByteBuffer joined(ByteBuffer... content) {
        int length = 0;
        for (var part : content) {
            length += part.remaining();
        }
        var bytes = ByteBuffer.allocate(length);
        for (var part : content) {
            bytes.put(part.duplicate());
        }
        return bytes.flip();
    }
}
