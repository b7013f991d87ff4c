package io.headrace.node.backup;

import io.headrace.store.StoreSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The data directory of a node that does not run. */
public final class StoppedSource implements BackupSource {
    private static final int CHUNK_BYTES = 1 << 20;

    private final StoreSnapshot snapshot;

    private StoppedSource(StoreSnapshot snapshot) {
        this.snapshot = snapshot;
    }

    /**
     * Keeps the directory from being used until it is closed.
     *
     * @throws IOException if a node runs on it
     */
    public static StoppedSource of(Path dataDir) throws IOException {
        return new StoppedSource(StoreSnapshot.ofStopped(dataDir));
    }

    @Override
    public List<StoreSnapshot.Entry> files() {
        return snapshot.files();
    }

    @Override
    public void copy(StoreSnapshot.Entry file, OutputStream target) throws IOException {
        for (long offset = 0; offset < file.bytes(); offset += CHUNK_BYTES) {
            var chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, file.bytes() - offset));
            snapshot.read(file.name(), offset, chunk);
            target.write(chunk.array());
        }
    }

    @Override
    public void close() throws IOException {
        snapshot.close();
    }
}
