package io.headrace.store;

/** Why a caller was refused; the front door maps each to its wire name and status in one place. */
public enum ErrorCode {
    RESOURCE_NOT_FOUND,
    RESOURCE_IN_USE,
    LIMIT_EXCEEDED,
    INVALID_ARGUMENT,
    VALIDATION,
    EXPIRED_ITERATOR,
    EXPIRED_NEXT_TOKEN,
    /** Over a rate, or a bounded queue is full: the caller may try again. */
    THROUGHPUT_EXCEEDED,
    ACCESS_DENIED,
    DRY_RUN,
    KMS_ACCESS_DENIED,
    KMS_DISABLED,
    KMS_INVALID_STATE,
    KMS_NOT_FOUND,
    /** The disk is full: nothing was stored, reads go on, writes resume by themselves. */
    STORE_FULL,
    /**
     * Another node should be asked: this one neither owns the shard nor should, and nothing was
     * stored. Stays between nodes.
     */
    NOT_OWNER,
    /**
     * The outcome of a write is unknown, or data on disk is damaged; never to be taken for success.
     */
    INTERNAL_FAILURE
}
