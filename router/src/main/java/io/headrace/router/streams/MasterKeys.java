package io.headrace.router.streams;

/** Tells whether records can be sealed under a master key. */
@FunctionalInterface
public interface MasterKeys {
    /**
     * Returns if the key can be used; may block.
     *
     * @param keyId a key's id, ARN, or alias
     * @throws io.headrace.store.RefusedException KMS_NOT_FOUND, KMS_DISABLED or another KMS code
     */
    void check(String keyId);
}
