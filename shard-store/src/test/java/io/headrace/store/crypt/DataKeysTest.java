package io.headrace.store.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.object.FaultyStore;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.object.WatchedStore;
import io.headrace.store.record.BlockCipher.Readiness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataKeysTest {
    private static final long STREAM = 7;
    private static final long RESERVATION = 512;
    private static final String KEY = KeyFile.DEFAULT_KEY;

    private final Random random = new Random(1);
    private final MemoryStore store = new MemoryStore();
    private final KeyFile masters;
    private int calls;

    DataKeysTest(@TempDir Path folder) throws IOException {
        masters = KeyFile.open(folder.resolve("keys.json"), random);
    }

    @Test
    void aKeyIsNotReadyBeforeItIsPreparedAndThenCostsNothing() {
        var keys = newProcess(store);
        assertThat(keys.readiness(STREAM, KEY)).isEqualTo(Readiness.UNPREPARED);
        assertRefused(() -> keys.toSeal(STREAM, KEY), ErrorCode.INTERNAL_FAILURE);
        assertThat(calls).isZero();
        keys.prepare(STREAM, KEY);
        int prepared = calls;
        keys.prepare(STREAM, KEY);
        assertThat(keys.readiness(STREAM, KEY)).isEqualTo(Readiness.READY);
        assertThat(keys.toSeal(STREAM, KEY).number()).isEqualTo(1);
        assertThat(calls).isEqualTo(prepared);
    }

    /** A busy stream whose renewals work never finds its key used up, and no block is uncounted. */
    @Test
    void reservationsAreRenewedAhead() throws IOException {
        var keys = newProcess(store);
        keys.prepare(STREAM, KEY);
        int renewals = 0;
        for (int sealed = 1; sealed <= 20 * RESERVATION; sealed++) {
            var readiness = keys.readiness(STREAM, KEY);
            assertThat(readiness).isNotEqualTo(Readiness.UNPREPARED);
            if (readiness == Readiness.READY_FOR_NOW) {
                renewals++;
                keys.prepare(STREAM, KEY);
            }
            assertThat(keys.toSeal(STREAM, KEY).number()).isEqualTo(1);
            assertThat((long) sealed).isLessThanOrEqualTo(reserved());
        }
        assertThat(renewals).isBetween(19, 21);
    }

    @Test
    void aRenewalThatFailsIsAskedForAFewTimesMore() {
        var keys = newProcess(store);
        keys.prepare(STREAM, KEY);
        int asked = 0;
        int sealed = 0;
        for (; keys.readiness(STREAM, KEY) != Readiness.UNPREPARED; sealed++) {
            keys.toSeal(STREAM, KEY);
            asked += keys.readiness(STREAM, KEY) == Readiness.READY_FOR_NOW ? 1 : 0;
        }
        assertThat(asked).isBetween(5, 16);
        assertThat(sealed).isBetween((int) RESERVATION - 10, (int) RESERVATION - 1);
        // What one commit may take is left, and not a block more.
        for (; sealed < RESERVATION; sealed++) {
            keys.toSeal(STREAM, KEY);
        }
        assertRefused(() -> keys.toSeal(STREAM, KEY), ErrorCode.INTERNAL_FAILURE);
        keys.prepare(STREAM, KEY);
        assertThat(keys.readiness(STREAM, KEY)).isEqualTo(Readiness.READY);
    }

    @Test
    void aRestartCountsWhatWasReservedAsUsed() throws IOException {
        for (int start = 1; start <= 5; start++) {
            var keys = newProcess(store);
            keys.prepare(STREAM, KEY);
            keys.toSeal(STREAM, KEY);
            assertThat(reserved()).isEqualTo(start * RESERVATION);
        }
    }

    @Test
    void aRotatedKeyIsPreparedAnewWhileTheOldGoesOn() throws IOException {
        var keys = newProcess(store);
        keys.prepare(STREAM, KEY);
        masters.rotate(KEY);
        assertThat(keys.readiness(STREAM, KEY)).isEqualTo(Readiness.UNPREPARED);
        assertThat(keys.toSeal(STREAM, KEY).number()).as("found ready before").isEqualTo(1);
        keys.prepare(STREAM, KEY);
        assertThat(keys.toSeal(STREAM, KEY).number()).isEqualTo(2);
    }

    /** As StartStreamEncryption does it while records are still sealed under the other key. */
    @Test
    void twoMasterKeysOfAStreamDoNotDriveEachOtherOut() throws IOException {
        masters.create("alias/other");
        var keys = newProcess(store);
        keys.prepare(STREAM, KEY);
        keys.prepare(STREAM, "alias/other");
        int prepared = calls;
        for (int i = 0; i < 10; i++) {
            assertThat(keys.readiness(STREAM, KEY)).isEqualTo(Readiness.READY);
            assertThat(keys.toSeal(STREAM, KEY).number()).isEqualTo(1);
            assertThat(keys.toSeal(STREAM, "alias/other").number()).isEqualTo(2);
        }
        assertThat(calls).isEqualTo(prepared);
    }

    @Test
    void whatTheStoreRefusesIsSaid() {
        var faulty = new FaultyStore(store, random, FaultyStore.Faults.NONE);
        var keys = newProcess(faulty);
        faulty.setFull(true);
        assertRefused(() -> keys.prepare(STREAM, KEY), ErrorCode.STORE_FULL);
        faulty.setFull(false);
        faulty.setFaults(new FaultyStore.Faults(1, 0, 0, 0));
        assertRefused(() -> keys.prepare(STREAM, KEY), ErrorCode.INTERNAL_FAILURE);
        faulty.setFaults(FaultyStore.Faults.NONE);
        keys.prepare(STREAM, KEY);
        assertThat(keys.toSeal(STREAM, KEY).number()).isEqualTo(1);
    }

    private DataKeys newProcess(ObjectStore objects) {
        return new DataKeys(new WatchedStore(objects, () -> calls++), masters, random, RESERVATION);
    }

    private long reserved() throws IOException {
        var newest = VersionedObject.newest(store, "keys/0000000000000007/").orElseThrow();
        return DataKeyRing.decode("here", newest.content()).keys().getFirst().blocksReserved();
    }

    private static void assertRefused(Runnable call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
