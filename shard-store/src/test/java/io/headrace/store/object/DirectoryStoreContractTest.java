package io.headrace.store.object;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreContractTest extends ObjectStoreContract {
    @TempDir Path folder;

    @Override
    protected ObjectStore open() throws IOException {
        return DirectoryStore.open(folder);
    }
}
