package io.headrace.node.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.node.backup.BackupSource;
import io.headrace.store.StoreSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** A snapshot that a running node keeps meanwhile. */
public final class RunningSource implements BackupSource {
    private final AdminClient node;
    private final String id;
    private final List<StoreSnapshot.Entry> files;

    private RunningSource(AdminClient node, String id, List<StoreSnapshot.Entry> files) {
        this.node = node;
        this.id = id;
        this.files = List.copyOf(files);
    }

    /** Lets the node take a snapshot. */
    public static RunningSource begin(AdminClient node) throws IOException, InterruptedException {
        var begun = node.call("BeginBackup", AdminClient.request());
        var files = new ArrayList<StoreSnapshot.Entry>();
        for (var file : begun.path("Files")) {
            files.add(
                    new StoreSnapshot.Entry(
                            file.path("Name").asText(), file.path("Bytes").asLong()));
        }
        return new RunningSource(node, begun.path("BackupId").asText(), files);
    }

    @Override
    public List<StoreSnapshot.Entry> files() {
        return files;
    }

    @Override
    public void copy(StoreSnapshot.Entry file, OutputStream target)
            throws IOException, InterruptedException {
        for (long offset = 0; offset < file.bytes(); ) {
            long length = Math.min(BackupAdmin.CHUNK_BYTES_MAX, file.bytes() - offset);
            var answer =
                    node.call(
                            "ReadBackup",
                            named().put("Name", file.name())
                                    .put("Offset", offset)
                                    .put("Length", length));
            var data = answer.path("Data").binaryValue();
            if (data == null || data.length != length) {
                throw new IOException("the node sent another part of " + file.name());
            }
            target.write(data);
            offset += length;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            node.call("EndBackup", named());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted; the node lets go by itself in ten minutes", e);
        }
    }

    private ObjectNode named() {
        return AdminClient.request().put("BackupId", id);
    }
}
