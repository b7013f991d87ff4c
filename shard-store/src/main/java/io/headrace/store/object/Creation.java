package io.headrace.store.object;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;

/** The one creation of a name that is under way in a {@link DirectoryStore}. */
final class Creation {
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean hidden;
    private volatile boolean suspect;

    /** From now on readers must not see the name; called only while there is no such file. */
    void hide() {
        hidden = true;
    }

    boolean isHidden() {
        return hidden;
    }

    /** The name is linked, but its directory could not be synced. */
    void suspect() {
        suspect = true;
    }

    boolean isSuspect() {
        return suspect;
    }

    void done() {
        done.countDown();
    }

    void await() throws IOException {
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("while another creates the same name");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
