package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

    /** As an operator would: the file is edited while the node runs, and nothing is restarted. */
    @Test
    void aKeyTakenOutOfTheFileStopsItsStreamsUntilItIsBack() throws IOException {
        try (var node = HeadraceNode.builder().start()) {
            var wire = new Wire(node.endpoint());
            var sealed = wire.newStream(1);
            var plain = wire.newStream(1);
            wire.call(
                    "StartStreamEncryption",
                    "{'StreamName':'%s','EncryptionType':'KMS','KeyId':'alias/aws/kinesis'}"
                            .formatted(sealed));
            put(wire, sealed, "before");
            var file = node.data().resolve("keys.json");
            var keys = Files.readString(file);
            Files.writeString(file, keys.replace("alias/aws/kinesis", "alias/other"));
            var answer = answerOf(wire, sealed);
            // Meanwhile it may be too many at once, too.
            while (!answer.type().equals("KMSNotFoundException")) {
                answer = answerOf(wire, sealed);
            }
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message()).isEqualTo("Key alias/aws/kinesis does not exist.");
            put(wire, plain, "meanwhile");
            Files.writeString(file, keys);
            while (answer.status() != 200) {
                answer = answerOf(wire, sealed);
            }
            node.kill();
            node.start();
            assertThat(read(new Wire(node.endpoint()), sealed).getFirst()).isEqualTo("before KMS");
        }
    }

    private static Wire.Answer answerOf(Wire wire, String stream) {
        return wire.json(
                "PutRecord",
                "{'StreamName':'%s','PartitionKey':'k','Data':'%s'}"
                        .formatted(stream, Wire.base64("later")));
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
