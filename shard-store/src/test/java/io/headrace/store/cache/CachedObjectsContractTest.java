package io.headrace.store.cache;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class CachedObjectsContractTest extends ObjectStoreContract {
    @TempDir Path folder;

    @Override
    protected ObjectStore open() throws IOException {
        return CachedObjects.open(
                new MemoryStore(),
                _ -> true,
                CacheSettings.of(folder, "memory", 8L * CachedObjects.PIECE_BYTES),
                CacheEvents.NONE,
                Runnable::run);
    }
}
