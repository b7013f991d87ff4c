package io.headrace.store.crypt;

import javax.crypto.SecretKey;

/** One version of a master key. */
record MasterKey(String id, String version, SecretKey secret) {
    @Override
    public String toString() {
        return id + " version " + version;
    }
}
