package io.headrace.store.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.ShardKey;
import io.headrace.store.StoreEvents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardTasksTest {
    private final List<String> told = new ArrayList<>();
    private final ShardTasks tasks =
            new ShardTasks(
                    Runnable::run,
                    () -> 0,
                    new StoreEvents() {
                        @Override
                        public void backgroundFailing(String what, Exception cause) {
                            told.add("failing " + what);
                        }

                        @Override
                        public void backgroundRecovered(String what) {
                            told.add("recovered " + what);
                        }
                    });

    @Test
    void whatFailedOnAShardThatWasDeletedIsOver() {
        var kept = new ShardLog(new ShardKey(1, 0), new TailCache(0));
        var deleted = new ShardLog(new ShardKey(1, 1), new TailCache(0));
        for (var log : List.of(kept, deleted)) {
            boolean worked =
                    tasks.run(
                            log,
                            "loading",
                            () -> {
                                throw new IOException("Input/output error");
                            });
            assertThat(worked).isFalse();
        }
        told.clear();
        deleted.delete();
        tasks.forgetDeleted();
        assertThat(told).containsExactly("recovered loading " + deleted);
        // One that is held is left alone for a while.
        assertThat(tasks.run(kept, "loading", () -> true)).isFalse();
        assertThat(tasks.run(deleted, "loading", () -> true)).isTrue();
        tasks.forgetDeleted();
        assertThat(told).hasSize(1);
    }
}
