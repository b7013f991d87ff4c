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
                          {"name":"node-0","isAnswering":true,"shards":[
                            {"shard":"7/0","isPlacedHere":true},{"shard":"7/11","isPlacedHere":true}]},
                          {"name":"node-2","isAnswering":true,"shards":[{"shard":"8/0","isPlacedHere":true}]}]}
                        """);
        assertThat(ShardOwners.of(status)).isEqualTo(Map.of("7/0", 0, "7/11", 0, "8/0", 2));
        assertThat(ShardOwners.isSettled(status)).isTrue();
        assertThat(ShardOwners.number("7/11")).isEqualTo(11);
    }

    @Test
    void itIsNotSettledWhileOneIsSilentOrHasWhatIsAnothers() throws Exception {
        assertThat(
                        ShardOwners.isSettled(
                                status(
                                        "{\"nodes\":[{\"name\":\"node-0\",\"isAnswering\":false,\"shards\":[]}]}")))
                .isFalse();
        assertThat(
                        ShardOwners.isSettled(
                                status(
                                        "{\"nodes\":[{\"name\":\"node-0\",\"isAnswering\":true,\"shards\":[{\"shard\":\"7/0\",\"isPlacedHere\":false}]}]}")))
                .isFalse();
    }

    private static JsonNode status(String json) throws Exception {
        return JsonMapper.builder().build().readTree(json);
    }
}
