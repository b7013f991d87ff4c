package io.headrace.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardStore;
import io.headrace.store.StoreSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hands out a snapshot of the store, file by file. One at a time; one that nobody asks for any more
 * is let go, because it keeps files on the disk. Any thread; blocks.
 */
public final class BackupAdmin implements AutoCloseable {
    /** In Base64 it is well below what the front door holds for one answer. */
    static final int CHUNK_BYTES_MAX = 4 << 20;

    private static final long IDLE_MS_MAX = 600_000;
    private static final long ABANDONED_MS = 60_000;

    private final ShardStore store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private @Nullable Open open;

    /** The snapshot and when it was asked for last. */
    private static final class Open {
        final String id;
        final StoreSnapshot snapshot;
        long usedMs;

        Open(String id, StoreSnapshot snapshot, long usedMs) {
            this.id = id;
            this.snapshot = snapshot;
            this.usedMs = usedMs;
        }
    }

    public BackupAdmin(ShardStore store, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    synchronized ObjectNode begin(JsonNode request) throws IOException {
        var before = open;
        if (before != null) {
            if (clock.millis() - before.usedMs < ABANDONED_MS) {
                throw new RefusedException(
                        ErrorCode.RESOURCE_IN_USE, "Another backup is under way.");
            }
            end();
        }
        long startedMs = clock.millis();
        var taken = new Open(Long.toHexString(random.nextLong()), store.snapshot(), clock.millis());
        open = taken;
        var answer =
                AdminService.object().put("BackupId", taken.id).put("StartedMillis", startedMs);
        var files = answer.putArray("Files");
        for (var file : taken.snapshot.files()) {
            files.addObject().put("Name", file.name()).put("Bytes", file.bytes());
        }
        return answer;
    }

    ObjectNode read(JsonNode request) throws IOException {
        long length = AdminService.number(request, "Length");
        long offset = AdminService.number(request, "Offset");
        if (offset < 0 || length < 0 || length > CHUNK_BYTES_MAX) {
            throw new RefusedException(
                    ErrorCode.VALIDATION, "Length must be at most " + CHUNK_BYTES_MAX + ".");
        }
        var content = ByteBuffer.allocate((int) length);
        // Not under the lock: a snapshot that ends meanwhile makes the read fail, no more.
        used(request).read(AdminService.text(request, "Name"), offset, content);
        return AdminService.object().put("Data", content.array());
    }

    synchronized ObjectNode end(JsonNode request) throws IOException {
        var _ = used(request);
        end();
        return AdminService.object();
    }

    /** Lets a snapshot go that nobody asked for in ten minutes; to be called now and then. */
    public synchronized void expire() throws IOException {
        var idle = open;
        if (idle != null && clock.millis() - idle.usedMs > IDLE_MS_MAX) {
            end();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        end();
    }

    private synchronized StoreSnapshot used(JsonNode request) {
        var current = open;
        if (current == null || !current.id.equals(AdminService.text(request, "BackupId"))) {
            throw new RefusedException(
                    ErrorCode.RESOURCE_NOT_FOUND, "No such backup is under way.");
        }
        current.usedMs = clock.millis();
        return current.snapshot;
    }

    private synchronized void end() throws IOException {
        var ended = open;
        open = null;
        if (ended != null) {
            ended.snapshot.close();
        }
    }
}
