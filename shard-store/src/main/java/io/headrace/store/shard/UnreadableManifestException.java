package io.headrace.store.shard;

import java.io.IOException;

/** Nobody can tell what a shard needs, since its newest manifest is damaged. */
final class UnreadableManifestException extends IOException {
    UnreadableManifestException(String message, Throwable cause) {
        super(message, cause);
    }
}
