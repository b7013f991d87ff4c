package io.headrace.store.stream;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.StoreFullException;
import io.headrace.store.object.VersionedObject;
import java.io.IOException;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Keeps each account's settings as a versioned object. Blocks; any thread may call. */
public final class AccountCatalog {
    private static final int ATTEMPTS_MAX = 64;

    private final ObjectStore store;
    private final RandomGenerator random;

    /**
     * @param random source of nonces; safe for use by several threads
     */
    public AccountCatalog(ObjectStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    public AccountSettings get(String accountId) {
        try {
            return read(accountId).settings();
        } catch (IOException e) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE, "settings of account " + accountId, e);
        }
    }

    /** Changes an account's settings; the change is called again for each lost race. */
    public AccountSettings change(String accountId, UnaryOperator<AccountSettings> change) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                var before = read(accountId);
                var next = change.apply(before.settings());
                if (next.equals(before.settings()) || write(accountId, before.version(), next)) {
                    return next;
                }
            }
            throw new IOException("they change faster than they can be changed here");
        } catch (StoreFullException e) {
            throw new RefusedException(
                    ErrorCode.STORE_FULL, "no room for settings of account " + accountId, e);
        } catch (IOException e) {
            throw new RefusedException(
                    ErrorCode.INTERNAL_FAILURE,
                    "whether settings of account " + accountId + " were recorded is unknown",
                    e);
        }
    }

    private record Versioned(long version, AccountSettings settings) {}

    private Versioned read(String accountId) throws IOException {
        var newest = VersionedObject.newest(store, prefix(accountId));
        if (newest.isEmpty()) {
            return new Versioned(0, AccountSettings.NONE);
        }
        var object = prefix(accountId) + newest.get().number();
        var json = StreamFormat.parse(newest.get().content(), object);
        try {
            return new Versioned(
                    newest.get().number(),
                    new AccountSettings(
                            json.path("committed").asBoolean(),
                            StreamFormat.number(json, "startedMs"),
                            StreamFormat.number(json, "endedMs")));
        } catch (IllegalArgumentException e) {
            throw new UnreadableStateException("damaged: " + object + ": " + e.getMessage(), e);
        }
    }

    private boolean write(String accountId, long before, AccountSettings settings)
            throws IOException {
        var json =
                StreamFormat.head(random.nextLong())
                        .put("committed", settings.committed())
                        .put("startedMs", settings.startedMs())
                        .put("endedMs", settings.endedMs());
        var content = StreamFormat.bytes(json);
        boolean won = VersionedObject.create(store, prefix(accountId), before + 1, content);
        if (won) {
            VersionedObject.collect(store, prefix(accountId));
        }
        return won;
    }

    private static String prefix(String accountId) {
        return "meta/accounts/" + accountId + "/";
    }
}
