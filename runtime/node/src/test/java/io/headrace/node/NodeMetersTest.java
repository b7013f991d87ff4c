package io.headrace.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What /metrics says after known traffic. */
class NodeMetersTest {
    @TempDir Path data;

    @Test
    void countsWhatGoesInAndOut() throws Exception {
        try (var node = TestNode.start(data)) {
            node.createStream("orders", 2);
            for (int i = 0; i < 5; i++) {
                node.put("orders", "key", "12345");
            }
            assertThat(node.readAll("orders", 0)).hasSize(5);

            var metrics = node.metrics();
            assertThat(metrics)
                    .containsEntry(stream("incoming_records_total"), 5.0)
                    .containsEntry(stream("incoming_bytes_total"), 5.0 * ("key".length() + 5))
                    .containsEntry(stream("outgoing_records_total"), 5.0)
                    .containsEntry(stream("iterator_age_milliseconds"), 0.0)
                    .containsEntry("headrace_streams", 1.0)
                    .containsEntry("headrace_shards", 2.0)
                    .containsEntry("headrace_subscriptions", 0.0)
                    .containsEntry("headrace_store_committed_records_total", 5.0)
                    .containsEntry("headrace_store_state{state=\"running\"}", 1.0)
                    .containsEntry("headrace_store_state{state=\"fenced\"}", 0.0)
                    .containsEntry("headrace_store_pending_bytes", 0.0);
            assertThat(metrics.get("headrace_store_sync_seconds_count")).isGreaterThanOrEqualTo(5);
            assertThat(metrics.get("headrace_store_journal_bytes")).isPositive();
            assertThat(metrics.keySet()).noneMatch(name -> name.startsWith("headrace_shard_"));
        }
    }

    @Test
    void showsShardsOfStreamsWithEnhancedMonitoringByTheNamesAskedFor() throws Exception {
        try (var node = TestNode.start(data)) {
            node.createStream("orders", 1);
            node.call(
                    "EnableEnhancedMonitoring",
                    """
                    {"StreamName": "orders", "ShardLevelMetrics": ["IncomingBytes"]}\
                    """);
            node.put("orders", "key", "12345");

            var shard =
                    "{account=\"000000000000\",shard=\"shardId-000000000000\",stream=\"orders\"}";
            assertThat(node.metrics())
                    .containsEntry("headrace_shard_incoming_bytes_total" + shard, 8.0)
                    .doesNotContainKey("headrace_shard_incoming_records_total" + shard);
        }
    }

    private static String stream(String name) {
        return "headrace_stream_" + name + "{account=\"000000000000\",stream=\"orders\"}";
    }
}
