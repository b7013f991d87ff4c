package io.headrace.store.object;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes a directory's entries durable; a seam, since no test can make a real disk fail here. */
@FunctionalInterface
interface DirectorySync {
    DirectorySync OF_THE_SYSTEM =
            directory -> {
                try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            };

    void sync(Path directory) throws IOException;
}
