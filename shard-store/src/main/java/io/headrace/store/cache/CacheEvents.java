package io.headrace.store.cache;

import java.io.IOException;

/** Is told what a cache does, by the threads that do it. */
public interface CacheEvents {
    CacheEvents NONE = new CacheEvents() {};

    /** A piece was here, or on its way already. */
    default void hit() {}

    /** A piece had to be fetched while its reader waited. */
    default void missed() {}

    /** Bytes were fetched before anyone asked for them. */
    default void readAhead(long bytes) {}

    /** Bytes that were fetched ahead went unread. */
    default void wasted(long bytes) {}

    /** A piece made room for another. */
    default void evicted() {}

    /** Whoever needs it will fetch it, and hear of the failure if it lasts. */
    default void readAheadFailed(String name, IOException cause) {}

    /** A cached piece was not what had been fetched; it is dropped and fetched again. */
    default void damaged(String name) {}

    /** The disk has no room: the cache shrinks and takes in nothing. Said once. */
    default void shrinking(long bytesLeft) {}

    /** There is room again. */
    default void roomAgain() {}

    /** The disk failed otherwise: nothing is cached until the node starts again. */
    default void turnedOff(IOException cause) {}
}
