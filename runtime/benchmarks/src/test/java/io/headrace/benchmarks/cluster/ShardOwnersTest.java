package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShardOwnersTest {
    @Test
    void readsWhoOwnsWhat() throws Exception {
        var status =
                status(
                        """
                        {"nodes":[
                          {"name":"node-0","state":"READY","isAnswering":true,"shards":[
                            {"shard":"7/0","isPlacedHere":true},{"shard":"7/11","isPlacedHere":true}]},
                          {"name":"node-2","state":"READY","isAnswering":true,"shards":[{"shard":"8/0","isPlacedHere":true}]}]}
                        """);
        assertThat(ShardOwners.of(status)).isEqualTo(Map.of("7/0", 0, "7/11", 0, "8/0", 2));
        assertThat(ShardOwners.isSettled(status, 2)).isTrue();
        assertThat(ShardOwners.isSettled(status, 3)).isFalse();
        assertThat(ShardOwners.summary(status))
                .isEqualTo(
                        "node-0 READY: 2 shards, 0 misplaced; node-2 READY: 1 shards, 0 misplaced");
        assertThat(ShardOwners.number("7/11")).isEqualTo(11);
    }

    @Test
    void itIsNotSettledWhileOneIsSilentOrHasWhatIsAnothers() throws Exception {
        assertThat(
                        ShardOwners.isSettled(
                                status(
                                        "{\"nodes\":[{\"name\":\"node-0\",\"isAnswering\":false,\"shards\":[]}]}"),
                                1))
                .isFalse();
        assertThat(
                        ShardOwners.isSettled(
                                status(
                                        "{\"nodes\":[{\"name\":\"node-0\",\"isAnswering\":true,\"shards\":[{\"shard\":\"7/0\",\"isPlacedHere\":false}]}]}"),
                                1))
                .isFalse();
    }

    private static JsonNode status(String json) throws Exception {
        return JsonMapper.builder().build().readTree(json);
    }
}
