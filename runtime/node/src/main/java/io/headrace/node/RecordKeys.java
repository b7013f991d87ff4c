package io.headrace.node;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.crypt.AesGcmCipher;
import io.headrace.store.crypt.DataKeys;
import io.headrace.store.crypt.EncryptedStreams;
import io.headrace.store.crypt.KeyFile;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.record.BlockCipher;
import io.headrace.store.stream.StreamCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What records are sealed with: the master keys in their file, and the streams' data keys, which
 * live in the store and are there once {@link #cipher} was called for it. Any thread.
 */
final class RecordKeys implements EncryptedStreams {
    private static final Logger LOG = LoggerFactory.getLogger(RecordKeys.class);

    private final Path file;
    private final KeyFile masters;
    private final RandomGenerator random;
    private volatile @Nullable DataKeys dataKeys;
    private volatile @Nullable StreamCatalog catalog;
    private volatile @Nullable MetadataWatch watch;

    private RecordKeys(Path file, KeyFile masters, RandomGenerator random) {
        this.file = file;
        this.masters = masters;
        this.random = random;
    }

    /**
     * @param random a cryptographic source
     */
    static RecordKeys open(Path file, RandomGenerator random) throws IOException {
        return new RecordKeys(file, KeyFile.openExisting(file, random), random);
    }

    /** Called once, by the store while it opens. */
    BlockCipher cipher(ObjectStore objects) {
        var keys = new DataKeys(objects, masters, random);
        dataKeys = keys;
        return new AesGcmCipher(this, keys, random);
    }

    /**
     * From now on streams are known, and master keys are there unless they got lost: then only what
     * is encrypted is refused, until the file is put back.
     *
     * @param shared how to learn of streams that other nodes make
     */
    void serve(StreamCatalog streams, ObjectStore objects, Optional<MetadataWatch> shared)
            throws IOException {
        watch = shared.orElse(null);
        if (masters.isMissing() && shared.isPresent()) {
            // One of its own would not open what other nodes seal.
            LOG.warn(
                    "{} is missing, so no stream can be encrypted: all nodes need the same one",
                    file);
        } else if (masters.isMissing() && DataKeys.areIn(objects)) {
            LOG.error(
                    "{} is missing, and there are encrypted streams: their records can be neither"
                            + " read nor written until it is put back",
                    file);
        } else {
            masters.createIfMissing();
        }
        catalog = streams;
    }

    @Override
    public Optional<String> masterKeyOf(long streamId) {
        var known = catalog;
        if (known == null) {
            throw notOpen();
        }
        return known.masterKeyOf(streamId);
    }

    @Override
    public boolean isKnown(long streamId) {
        var known = catalog;
        return watch == null || known == null || known.findById(streamId).isPresent();
    }

    @Override
    public void learn(long streamId) {
        var others = watch;
        if (others != null) {
            others.look();
        }
    }

    /** Makes a stream's key ready; blocks. */
    void prepare(long streamId, String masterKeyId) {
        dataKeys().prepare(streamId, masterKeyId);
    }

    /** Deletes a stream's keys; blocks. */
    void delete(long streamId) throws IOException {
        dataKeys().delete(streamId);
    }

    /** Takes over what changed in the file; blocks. */
    void refresh() {
        masters.refresh();
    }

    private DataKeys dataKeys() {
        var keys = dataKeys;
        if (keys == null) {
            throw notOpen();
        }
        return keys;
    }

    private static RefusedException notOpen() {
        return new RefusedException(ErrorCode.INTERNAL_FAILURE, "The store is not open yet.");
    }
}
