package io.headrace.store.crypt;

import javax.crypto.SecretKey;

/**
 * One of a stream's keys, unwrapped. {@code number} counts from 1; {@code blocksReserved} is how
 * many blocks it may have sealed already, after the reservations made so far.
 */
record DataKey(int number, MasterKey wrappedBy, SecretKey secret, long blocksReserved) {
    /**
     * With random 96-bit nonces a key may seal 2^32 blocks before a collision is a matter of
     * concern; it is replaced at half of that.
     */
    static final long BLOCKS_MAX = 1L << 31;

    DataKey reserved(long blocks) {
        return new DataKey(number, wrappedBy, secret, blocks);
    }

    @Override
    public String toString() {
        return "data key " + number + " wrapped by " + wrappedBy;
    }
}
