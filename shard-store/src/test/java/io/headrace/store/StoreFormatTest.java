package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.object.MemoryStore;
import io.headrace.store.object.VersionedObject;
import io.headrace.store.shard.StoreNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StoreFormatTest {
    private final MemoryStore store = new MemoryStore();

    @Test
    void aStoreThatIsBeingFilledIsRefusedUntilItIsWhole() throws IOException {
        StoreFormat.fill(store, "there", 1, false);
        put("shards/a");
        assertThatThrownBy(() -> StoreFormat.require(store))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a copy of there into the store did not finish");
        assertThatThrownBy(() -> StoreFormat.requireOrBegin(store))
                .hasMessageContaining("did not finish");
        StoreFormat.filled(store);
        StoreFormat.require(store);
        StoreFormat.requireOrBegin(store);
        assertThat(store.list("shards/")).containsExactly("shards/a");
        assertThatThrownBy(() -> StoreFormat.filled(store))
                .hasMessageContaining("another process filled the store");
    }

    @Test
    void onlyAnEmptyStoreIsFilled() throws IOException {
        put("probe/left-by-a-start");
        StoreFormat.requireOrBegin(store);
        put("meta/streams/x");
        assertThatThrownBy(() -> StoreFormat.fill(store, "there", 1, false))
                .hasMessageContaining("is not empty: it holds meta/streams/x");
        // That an attempt may be done again is no leave to remove what is in use.
        assertThatThrownBy(() -> StoreFormat.fill(store, "there", 1, true))
                .hasMessageContaining("is not empty");
        StoreFormat.require(store);
        assertThat(store.list("meta/streams/")).hasSize(1);
    }

    @Test
    void whatAnAttemptLeftIsRemovedOnlyIfThatIsSaid() throws IOException {
        StoreFormat.fill(store, "there", 1, false);
        put("shards/half");
        assertThatThrownBy(() -> StoreFormat.fill(store, "there", 2, false))
                .hasMessageContaining("--again removes what is there");
        assertThat(store.list("shards/")).hasSize(1);
        StoreFormat.fill(store, "elsewhere", 2, true);
        assertThat(store.list("shards/")).isEmpty();
        StoreFormat.filled(store);
        StoreFormat.require(store);
    }

    @Test
    void aStoreWithoutAFormatIsOfTheFirst() throws IOException {
        put("meta/streams/x");
        StoreFormat.require(store);
        StoreFormat.requireOrBegin(store);
        StoreFormat.requireOrBegin(store);
        assertThat(store.list(StoreNames.FORMAT)).hasSize(1);
    }

    @Test
    void aNewerFormatIsRefusedByName() throws IOException {
        VersionedObject.create(
                store,
                StoreNames.FORMAT,
                0,
                ByteBuffer.wrap(
                        "{\"format\":2,\"state\":\"READY\"}".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> StoreFormat.requireOrBegin(store))
                .hasMessageContaining(
                        "of format 2, which a newer Headrace wrote; this build knows format 1");
        assertThatThrownBy(() -> StoreFormat.fill(store, "there", 1, true))
                .hasMessageContaining("of format 2");
    }

    private void put(String name) throws IOException {
        assertThat(store.createIfAbsent(name, ByteBuffer.allocate(1))).isTrue();
    }
}
