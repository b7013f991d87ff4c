package io.headrace.router.streams;

/** Gets ready to seal a stream's records under a master key. */
@FunctionalInterface
public interface MasterKeys {
    /**
     * Returns once the stream's next records can be sealed under the key; may block.
     *
     * @param keyId a key's id, ARN, or alias
     * @throws io.headrace.store.RefusedException KMS_NOT_FOUND, KMS_DISABLED or another KMS code,
     *     or what else keeps them from being sealed
     */
    void prepare(long streamId, String keyId);
}
