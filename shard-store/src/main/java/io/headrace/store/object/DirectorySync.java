package io.headrace.store.object;

import io.headrace.store.file.Directories;
import java.io.IOException;
import java.nio.file.Path;

/** Makes a directory's entries durable; a seam, since no test can make a real disk fail here. */
@FunctionalInterface
interface DirectorySync {
    DirectorySync OF_THE_SYSTEM = Directories::sync;

    /** As {@link Directories#sync}. */
    void sync(Path directory) throws IOException;
}
