package io.headrace.node.backup;

import io.headrace.store.StoreSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** The files of a node's data at one moment. For one thread. */
public interface BackupSource extends AutoCloseable {
    List<StoreSnapshot.Entry> files();

    /** Writes one of the files to {@code target}. */
    void copy(StoreSnapshot.Entry file, OutputStream target)
            throws IOException, InterruptedException;

    /** Nothing more is needed. */
    @Override
    void close() throws IOException;
}
