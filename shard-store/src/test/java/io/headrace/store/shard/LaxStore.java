package io.headrace.store.shard;

import io.headrace.store.journal.Rule;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.simulation.Scheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Switches off the rules that rest on looking a second time, from outside: whoever lists to make
 * sure is told what it knows already. Remembers for each strand what it called last.
 */
final class LaxStore implements ObjectStore {
    private final ObjectStore store;
    private final Scheduler scheduler;
    private final Rule off;
    private final Map<Object, Last> lasts = new WeakHashMap<>();

    /** A newest version that was read, or a version that was created. */
    private record Last(String name, @Nullable List<String> listed) {}

    private LaxStore(ObjectStore store, Scheduler scheduler, Rule off) {
        this.store = store;
        this.scheduler = scheduler;
        this.off = off;
    }

    /** The store itself unless the rule is one of those. */
    static ObjectStore without(@Nullable Rule rule, ObjectStore store, Scheduler scheduler) {
        return rule == Rule.LIST_AGAIN || rule == Rule.CHECK_AFTER_CREATE
                ? new LaxStore(store, scheduler, rule)
                : store;
    }

    @Override
    public boolean createIfAbsent(String name, ByteBuffer... content) throws IOException {
        if (off == Rule.CHECK_AFTER_CREATE) {
            lasts.put(scheduler.current(), new Last(name, List.of(name)));
        }
        return store.createIfAbsent(name, content);
    }

    @Override
    public Optional<ByteBuffer> get(String name) throws IOException {
        return store.get(name);
    }

    @Override
    public ByteBuffer read(String name, long offset, int length) throws IOException {
        return store.read(name, offset, length);
    }

    @Override
    public Optional<Long> size(String name) throws IOException {
        return store.size(name);
    }

    /** Only whoever lists once more below the same prefix is put off, and only once. */
    @Override
    public List<String> list(String prefix) throws IOException {
        var strand = scheduler.current();
        var last = lasts.remove(strand);
        var known = last == null ? null : last.listed();
        if (last != null && known != null && last.name().startsWith(prefix)) {
            return known;
        }
        var listed = store.list(prefix);
        if (off == Rule.LIST_AGAIN && !listed.isEmpty()) {
            lasts.put(strand, new Last(listed.getFirst(), listed));
        }
        return listed;
    }

    @Override
    public void delete(String name) throws IOException {
        store.delete(name);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
