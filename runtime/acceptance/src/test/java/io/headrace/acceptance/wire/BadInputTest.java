package io.headrace.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.UnderTest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that no client of good will sends. */
@ExtendWith(UnderTest.class)
@Timeout(120)
class BadInputTest {
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
    private final Wire wire;

    BadInputTest(URI endpoint) {
        wire = new Wire(endpoint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "HEAD"})
    void whatIsNoPostIsDenied(String method) {
        var answer = wire.send(method, "", Wire.headers("ListStreams", Wire.JSON), new byte[0]);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.contentType()).isEqualTo("application/xml");
        assertThat(answer.text())
                .isEqualTo(
                        method.equals("HEAD")
                                ? ""
                                : "<AccessDeniedException>\n  <Message>Unable to determine"
                                        + " service/operation name to be authorized</Message>\n"
                                        + "</AccessDeniedException>\n");
    }

    @Test
    void aPostWithoutATargetIsDenied() {
        var answer = wire.send("POST", "", Map.of("content-type", Wire.JSON), NOTHING);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).startsWith("<AccessDeniedException>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/json", "application/x-amz-json-1.0", ""})
    void aWrongContentTypeIsUnknown(String contentType) {
        var headers = new TreeMap<>(Wire.headers("ListStreams", contentType));
        headers.values().remove("");
        var answer = wire.send("POST", "", headers, NOTHING);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).isEqualTo("<UnknownOperationException/>\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Kinesis_20131202.Nope", "Kinesis_20131202.", "ListStreams", "a.b.c"})
    void anUnknownOperationIsNamedSo(String target) {
        for (var format : new String[] {Wire.JSON, Wire.CBOR}) {
            var headers = Map.of("x-amz-target", target, "content-type", format);
            var answer = wire.send("POST", "", headers, NOTHING);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.contentType()).isEqualTo(format);
            assertThat(answer.body().toString())
                    .isEqualTo("{\"__type\":\"UnknownOperationException\"}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ListStreams|{",
                "ListStreams|[]",
                "ListStreams|null",
                "ListStreams|{'Limit':'x'}",
                "ListStreams|{'Limit':1e400}",
                "ListStreams|{'Limit':99999999999999999999}",
                "ListStreams|{'Limit':true}",
                "ListStreams|{'ExclusiveStartStreamName':{}}",
                "ListStreams|{'Limit':1}{}",
                "ListStreams|{'Limit':NaN}",
                "CreateStream|{'StreamName':'a','Tags':[1]}",
                "PutRecord|{'StreamName':'a','PartitionKey':'k','Data':'***'}",
                "PutRecord|{'StreamName':'a','PartitionKey':'k','Data':'YQ'}",
                "PutRecord|{'StreamName':'a','PartitionKey':'k','Data':5}",
                "PutRecord|{'StreamName':'a','PartitionKey':5,'Data':''}",
                "PutRecord|{'StreamName':'a','DryRun':'yes','PartitionKey':'k','Data':''}",
                "PutRecord|{",
                "PutRecords|{'StreamName':'a','Records':{}}",
                "PutRecords|{'StreamName':'a','Records':[5]}",
                "PutRecords|{'StreamName':'a','Records':[{'PartitionKey':'k','Data':'YQ=='}",
                "GetRecords|{'ShardIterator':[]}",
                "GetShardIterator|{'Timestamp':1e400}",
                "GetShardIterator|{'Timestamp':'soon'}",
                "SubscribeToShard|{",
                "SubscribeToShard|{'StartingPosition':'LATEST'}"
            })
    void whatIsNoSuchJsonCannotBeRead(String operation, String body) {
        assertUnreadable(wire.json(operation, body));
    }

    @ParameterizedTest
    @CsvSource({
        "ListStreams, ff",
        "ListStreams, bf",
        "ListStreams, 80",
        "ListStreams, f6",
        "ListStreams, a1654c696d69746178", // Limit: text
        "ListStreams, a1654c696d6974fb7ff0000000000000", // Limit: infinity
        "ListStreams, a1654c696d69741bffffffffffffffff", // Limit: 2^64-1
        "ListStreams, a1654c696d69747bffffffffffffffff", // Limit: text of 2^64-1 bytes
        "PutRecord, a16444617461", // a byte string as a key
        "PutRecord, a1644461746105", // Data: 5
        "PutRecord, a164446174615bffffffffffffffff00", // Data of 2^64-1 bytes
        "PutRecords, a1675265636f72647305", // Records: 5
        "PutRecords, a1675265636f7264739bffffffffffffffff", // 2^64-1 records
        "PutRecords, bf",
        "SubscribeToShard, 5f"
    })
    void whatIsNoSuchCborCannotBeRead(String operation, String hex) {
        var body = HexFormat.of().parseHex(hex);
        assertUnreadable(wire.send("POST", "", Wire.headers(operation, Wire.CBOR), body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ListStreams", "PutRecord", "PutRecords", "SubscribeToShard"})
    void aDepthBombCannotBeRead(String operation) {
        assertUnreadable(wire.json(operation, "{'a':" + "[".repeat(200_000)));
        assertUnreadable(wire.json(operation, "{'a':".repeat(200_000)));
        var arrays = "\u009f".repeat(200_000).getBytes(StandardCharsets.ISO_8859_1);
        assertUnreadable(wire.send("POST", "", Wire.headers(operation, Wire.CBOR), arrays));
    }

    private static void assertUnreadable(Wire.Answer answer) {
        assertThat(answer.type()).as(answer.text()).isEqualTo("SerializationException");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("__type", "Message");
    }

    @Test
    void aBodyOverTheLimitIsRefusedAndTheConnectionClosed() throws IOException {
        var endpoint = wire.endpoint();
        try (var socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            socket.setSoTimeout(30_000);
            var head =
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nX-Amz-Target: %s\r\n"
                            .formatted(Wire.JSON, "Kinesis_20131202.PutRecords");
            socket.getOutputStream()
                    .write(
                            (head + "Content-Length: 100000000\r\n\r\n{")
                                    .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 413 ");
        }
    }

    /** Error, and the words it begins with. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CreateStream|{}|Value null at 'streamName' failed to satisfy constraint: Member must not be null",
                "CreateStream|{'StreamName':'a b'}|Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
                "CreateStream|{'StreamName':''}|2:Value '' at 'streamName' failed to satisfy constraint: Member must",
                "ListStreams|{'Limit':0}|Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
                "ListStreams|{'Limit':99999999999}|Value '2147483647' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
                "ListStreams|{'Limit':10001}|Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
                "GetRecords|{'ShardIterator':'a','Limit':10001}|Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
                "PutRecords|{'StreamName':'a','Records':[]}|Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1",
                "PutRecord|{'StreamName':'a','PartitionKey':'','Data':''}|Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
                "PutRecord|{'StreamName':'a','PartitionKey':'k','Data':'','ExplicitHashKey':'01'}|Value '01' at 'explicitHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})",
                "GetShardIterator|{'StreamName':'a','ShardId':'0','ShardIteratorType':'X'}|Value 'X' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: [",
                "SubscribeToShard|{}|3:Value null at 'consumerARN' failed to satisfy constraint: Member must not be null; Value null at 'shardId'"
            })
    void whatBreaksTheModelIsToldInAwsWords(String operation, String body, String expected) {
        int colon = expected.indexOf(':');
        boolean many = colon == 1;
        var begin =
                many
                        ? expected.charAt(0)
                                + " validation errors detected: "
                                + expected.substring(2)
                        : "1 validation error detected: " + expected;
        for (var answer :
                new Wire.Answer[] {wire.json(operation, body), wire.cbor(operation, body)}) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.type()).isEqualTo("ValidationException");
            assertThat(answer.message()).startsWith(begin);
            assertThat(answer.body().size()).isEqualTo(2);
        }
    }

    @Test
    void moreThanFiveHundredRecordsAreRefused() {
        var records =
                IntStream.range(0, 501)
                        .mapToObj(_ -> "{'PartitionKey':'k','Data':''}")
                        .collect(Collectors.joining(","));
        var answer = wire.json("PutRecords", "{'StreamName':'a','Records':[" + records + "]}");
        assertThat(answer.type()).isEqualTo("ValidationException");
        assertThat(answer.message())
                .endsWith(
                        "at 'records' failed to satisfy constraint: Member must have length less"
                                + " than or equal to 500");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PutRecord|{'StreamName':'STREAM','PartitionKey':'k','Data':'','ExplicitHashKey':'340282366920938463463374607431768211456'}|InvalidArgumentException",
                "PutRecord|{'StreamName':'STREAM','PartitionKey':'k','Data':'','SequenceNumberForOrdering':'7'}|InvalidArgumentException",
                "GetShardIterator|{'StreamName':'STREAM','ShardId':'0','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'7'}|InvalidArgumentException",
                "GetRecords|{'ShardIterator':'AAAAAAAAAAFrb3Jn'}|InvalidArgumentException",
                "GetShardIterator|{'StreamName':'STREAM','ShardId':'9','ShardIteratorType':'LATEST'}|ResourceNotFoundException",
                "DescribeStream|{'StreamName':'not-there'}|ResourceNotFoundException",
                "PutRecord|{'StreamName':'not-there','PartitionKey':'k','Data':''}|ResourceNotFoundException",
                "SubscribeToShard|{'ConsumerARN':'THE-ARN/consumer/c:1','ShardId':'0','StartingPosition':{'Type':'LATEST'}}|ResourceNotFoundException",
                "CreateStream|{'StreamName':'STREAM','ShardCount':1}|ResourceInUseException",
                "PutRecord|{'PartitionKey':'k','Data':''}|InvalidArgumentException"
            })
    void whatBreaksTheServicesRulesIsNamed(String operation, String body, String type) {
        var stream = wire.newStream(1);
        var made = body.replace("THE-ARN", wire.arnOf(stream)).replace("STREAM", stream);
        for (var answer :
                new Wire.Answer[] {wire.json(operation, made), wire.cbor(operation, made)}) {
            assertThat(answer.type()).as(answer.text()).isEqualTo(type);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message()).isNotEmpty();
        }
        wire.call("DeleteStream", "{'StreamName':'" + stream + "'}");
    }
}
