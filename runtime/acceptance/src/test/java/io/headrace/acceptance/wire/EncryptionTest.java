package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.testkit.HeadraceNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Encryption is turned on and off under the records of a stream. */
@Timeout(120)
class EncryptionTest {
    private static final List<String> EXPECTED = List.of("plain ", "sealed KMS", "plain again ");

    @BeforeAll
    static void needsANode() {
        Distribution.assumeBuilt();
    }

    @Test
    void eachRecordSaysHowItWasStoredBeforeAndAfterARestart() {
        try (var node = HeadraceNode.builder().start()) {
            var wire = new Wire(node.endpoint());
            var stream = wire.newStream(1);
            var key =
                    "{'StreamName':'"
                            + stream
                            + "','EncryptionType':'KMS','KeyId':'alias/aws/kinesis'}";
            assertThat(put(wire, stream, "plain")).isEmpty();
            wire.call("StartStreamEncryption", key);
            assertThat(put(wire, stream, "sealed")).isEqualTo("KMS");
            wire.call("StopStreamEncryption", key);
            assertThat(put(wire, stream, "plain again")).isEmpty();
            assertThat(read(wire, stream)).isEqualTo(EXPECTED);
            node.kill();
            node.start();
            assertThat(read(new Wire(node.endpoint()), stream)).isEqualTo(EXPECTED);
        }
    }

    private static String put(Wire wire, String stream, String data) {
        return wire.call(
                        "PutRecord",
                        "{'StreamName':'%s','PartitionKey':'k','Data':'%s'}"
                                .formatted(stream, Wire.base64(data)))
                .path("EncryptionType")
                .asText();
    }

    private static List<String> read(Wire wire, String stream) {
        var iterator =
                wire.call(
                                "GetShardIterator",
                                "{'StreamName':'%s','ShardId':'0','ShardIteratorType':'TRIM_HORIZON'}"
                                        .formatted(stream))
                        .path("ShardIterator")
                        .asText();
        var told = new ArrayList<String>();
        for (var record :
                wire.call("GetRecords", "{'ShardIterator':'" + iterator + "'}").path("Records")) {
            var data = Base64.getDecoder().decode(record.path("Data").asText());
            told.add(
                    new String(data, StandardCharsets.UTF_8)
                            + " "
                            + record.path("EncryptionType").asText());
        }
        return told;
    }
}
