package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.SequenceNumber;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** PutRecord and PutRecords. */
class PutTest {
    private static final String HALF = "170141183460469231731687303715884105728";
    private static final String LAST = "340282366920938463463374607431768211455";

    private final DataPlane plane = DataPlane.create().stream("s", 4);

    private JsonNode putMany(String... entries) {
        return plane.call("PutRecords", many(entries));
    }

    private static String many(String... entries) {
        return "{'StreamName':'s','Records':[" + String.join(",", entries) + "]}";
    }

    private static String entry(String key, String data) {
        return "{'PartitionKey':'%s','Data':'%s'}".formatted(key, DataPlane.base64(data));
    }

    private static String entryAt(String hashKey, String data) {
        return "{'PartitionKey':'k','ExplicitHashKey':'%s','Data':'%s'}"
                .formatted(hashKey, DataPlane.base64(data));
    }

    private List<String> dataOf(int shard) {
        return DataPlane.data(plane.read(plane.iterator("s", shard, "'TRIM_HORIZON'")));
    }

    @Test
    void aKeysMd5NamesItsShard() throws Exception {
        for (var key : List.of("a", "user-17", "ключ", "🎉", "x".repeat(256))) {
            var md5 = MessageDigest.getInstance("MD5");
            var hash = new BigInteger(1, md5.digest(key.getBytes(StandardCharsets.UTF_8)));
            // Four even shards: the two highest of 128 bits.
            assertThat(plane.put("s", key, "d").path("ShardId").asText())
                    .isEqualTo("shardId-%012d".formatted(hash.shiftRight(126)));
        }
    }

    @Test
    void anExplicitHashKeyOverridesTheKey() {
        var answer =
                putMany(
                        entryAt("0", "a"),
                        entryAt(HALF, "b"),
                        entryAt(LAST, "c"),
                        entryAt("85070591730234615865843651857942052863", "d"),
                        entryAt("85070591730234615865843651857942052864", "e"));
        assertThat(answer.path("FailedRecordCount").asInt(-1)).isZero();
        assertThat(answer.path("Records").findValuesAsText("ShardId"))
                .containsExactly(
                        "shardId-000000000000",
                        "shardId-000000000002",
                        "shardId-000000000003",
                        "shardId-000000000000",
                        "shardId-000000000001");
        assertThat(dataOf(0)).containsExactly("a", "d");
    }

    @Test
    void absentMembersAreLeftOut() {
        assertThat(plane.put("s", "k", "d").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("ShardId", "SequenceNumber");
        var answer = putMany(entry("k", "d"));
        assertThat(answer.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("Records", "FailedRecordCount");
        assertThat(answer.at("/Records/0").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("ShardId", "SequenceNumber");
    }

    @Test
    void numbersOfAShardGrowInTheOrderOfTheRequest() {
        var numbers = new ArrayList<SequenceNumber>();
        for (int i = 0; i < 3; i++) {
            for (var record : putMany(entry("k", "a"), entry("k", "b")).path("Records")) {
                numbers.add(SequenceNumber.parse(record.path("SequenceNumber").asText()));
            }
        }
        assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSize(6);
    }

    @Test
    void recordsOfABusyShardFailAndTheOthersAreStored() {
        plane.shards.refuseAppends(
                plane.shard("s", 3),
                new RefusedException(ErrorCode.THROUGHPUT_EXCEEDED, "too many appends"));
        var answer = putMany(entryAt("0", "a"), entryAt(LAST, "b"), entryAt(HALF, "c"));
        assertThat(answer.path("FailedRecordCount").asInt()).isEqualTo(1);
        assertThat(answer.at("/Records/1/ErrorCode").asText())
                .isEqualTo("ProvisionedThroughputExceededException");
        assertThat(answer.at("/Records/1/ErrorMessage").asText()).isNotEmpty();
        assertThat(answer.at("/Records/1").has("SequenceNumber")).isFalse();
        assertThat(answer.at("/Records/0").has("ErrorCode")).isFalse();
        assertThat(dataOf(0)).containsExactly("a");
        assertThat(dataOf(2)).containsExactly("c");
        // Even where all fail, it is told record by record.
        assertThat(putMany(entryAt(LAST, "b")).path("FailedRecordCount").asInt()).isEqualTo(1);
        assertThat(plane.refusal("PutRecord", one("k", "ExplicitHashKey", LAST)))
                .startsWith("ProvisionedThroughputExceededException");
    }

    @Test
    void aFailedWriteIsNeverASuccess() {
        plane.shards.refuseAppends(
                plane.shard("s", 3),
                new RefusedException(ErrorCode.INTERNAL_FAILURE, "the outcome is unknown"));
        assertThat(
                        putMany(entryAt("0", "a"), entryAt(LAST, "b"))
                                .at("/Records/1/ErrorCode")
                                .asText())
                .isEqualTo("InternalFailure");
        assertThat(plane.refusal("PutRecords", many(entryAt(LAST, "b"))))
                .startsWith("InternalFailure");
        plane.shards.refuseAppends(
                plane.shard("s", 3), new RefusedException(ErrorCode.STORE_FULL, "disk full"));
        assertThat(plane.refusal("PutRecord", one("k", "ExplicitHashKey", LAST)))
                .isEqualTo("ServiceUnavailable: disk full");
    }

    private static String one(String key, String member, String value) {
        return "{'StreamName':'s','PartitionKey':'%s','Data':'','%s':'%s'}"
                .formatted(key, member, value);
    }

    @Test
    void theModelsBoundsHold() {
        assertThat(plane.refusal("PutRecords", many()))
                .isEqualTo(
                        "ValidationException: 1 validation error detected: Value '[]' at 'records'"
                                + " failed to satisfy constraint: Member must have length greater"
                                + " than or equal to 1");
        var tooMany =
                IntStream.range(0, 501)
                        .mapToObj(i -> entry("k", ""))
                        .collect(Collectors.joining(","));
        assertThat(plane.refusal("PutRecords", many(tooMany)))
                .isEqualTo(
                        "ValidationException: 1 validation error detected: Value at 'records'"
                                + " failed to satisfy constraint: Member must have length less than"
                                + " or equal to 500");
        assertThat(plane.refusal("PutRecord", "{'StreamName':'s','PartitionKey':'k'}"))
                .isEqualTo(
                        "ValidationException: 1 validation error detected: Value null at 'data'"
                                + " failed to satisfy constraint: Member must not be null");
        assertThat(plane.refusal("PutRecords", many(entry("x".repeat(257), ""), entry("", ""))))
                .startsWith("ValidationException: 2 validation errors detected: Value 'xxx")
                .contains("at 'records.1.member.partitionKey'")
                .contains("Value '' at 'records.2.member.partitionKey'");
        // 256 characters, not bytes.
        assertThat(plane.put("s", "é".repeat(256), "").has("SequenceNumber")).isTrue();
        assertThat(plane.refusal("PutRecord", one("k", "ExplicitHashKey", "-1")))
                .startsWith("ValidationException: 1 validation error detected: Value '-1' at")
                .endsWith("Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})");
        assertThat(
                        plane.refusal(
                                "PutRecord",
                                one(
                                        "k",
                                        "ExplicitHashKey",
                                        "340282366920938463463374607431768211456")))
                .isEqualTo(
                        "InvalidArgumentException: Invalid ExplicitHashKey. ExplicitHashKey must be"
                                + " in the range: [0, 2^128-1]. Specified value was"
                                + " 340282366920938463463374607431768211456");
    }

    @Test
    void aStreamBoundsItsRecords() {
        // The key counts too.
        var mib = "x".repeat((1 << 20) - 1);
        assertThat(plane.put("s", "k", mib).has("SequenceNumber")).isTrue();
        var refusal = plane.refusal("PutRecords", many(entry("k", mib + "x"), entry("k", "")));
        assertThat(refusal)
                .isEqualTo(
                        "ValidationException: 1 validation error detected: Value"
                                + " at 'records.1.member.data' failed to satisfy constraint: Member must have"
                                + " length less than or equal to 1048576");
        plane.call(
                "UpdateMaxRecordSize",
                "{'StreamARN':'%s','MaxRecordSizeInKiB':10240}".formatted(DataPlane.ARN + "s"));
        var tenMib = "x".repeat((10 << 20) - 1);
        assertThat(plane.put("s", "k", tenMib).has("SequenceNumber")).isTrue();
        assertThat(plane.refusal("PutRecords", many(entry("kk", tenMib))))
                .startsWith("ValidationException");
        assertThat(plane.refusal("PutRecords", many(entry("k", tenMib), entry("k", ""))))
                .startsWith("InvalidArgumentException");
        assertThat(putMany(entry("k", tenMib)).path("FailedRecordCount").asInt(-1)).isZero();
    }

    @Test
    void nothingOfARefusedRequestIsStored() {
        plane.refusal("PutRecords", many(entryAt("0", "a"), entryAt("9".repeat(39), "b")));
        assertThat(dataOf(0)).isEmpty();
    }

    @Test
    void aRecordComesOutAboveTheNumberItIsOrderedAfter() {
        var first = plane.put("s", "k", "a").path("SequenceNumber").asText();
        var second =
                plane.call("PutRecord", one("k", "SequenceNumberForOrdering", first))
                        .path("SequenceNumber")
                        .asText();
        assertThat(SequenceNumber.parse(second)).isGreaterThan(SequenceNumber.parse(first));
        var number = SequenceNumber.parse(second);
        var future =
                new SequenceNumber(
                        number.shardCreatedSeconds(),
                        number.shardNumber(),
                        number.counter() + 100,
                        number.arrivalSeconds());
        assertThat(plane.refusal("PutRecord", one("k", "SequenceNumberForOrdering", "" + future)))
                .isEqualTo(
                        "InvalidArgumentException: ExclusiveMinimumSequenceNumber "
                                + future
                                + " used in PutRecord on stream s under account 000000000000 is"
                                + " invalid.");
        // Of another shard, and as recorded from Kinesis: only a time to come is refused.
        var past = ordering("000000000");
        assertThat(plane.call("PutRecord", past).has("SequenceNumber")).isTrue();
        long now = plane.clock.millis() / 1000;
        var present = ordering("%09x".formatted(now));
        assertThat(plane.call("PutRecord", present).has("SequenceNumber")).isTrue();
        assertThat(plane.refusal("PutRecord", ordering("%09x".formatted(now + 2))))
                .startsWith("InvalidArgumentException: ExclusiveMinimumSequenceNumber ")
                .endsWith(" used in PutRecord on stream s under account 000000000000 is invalid.");
        assertThat(plane.refusal("PutRecord", one("k", "SequenceNumberForOrdering", "12")))
                .startsWith("InvalidArgumentException: ExclusiveMinimumSequenceNumber 12 used");
        assertThat(plane.refusal("PutRecord", one("k", "SequenceNumberForOrdering", "012")))
                .startsWith("ValidationException");
    }

    private static String ordering(String arrival) {
        var hex = "2ffffffffff7fffffffffffffff00" + arrival + "7fffffff2";
        return one("k", "SequenceNumberForOrdering", new BigInteger(hex, 16).toString());
    }

    @Test
    void wrongTypesAreToldAsAwsTellsThem() {
        var wrong =
                "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to";
        assertThat(plane.refusal("PutRecord", "{'StreamName':'s','PartitionKey':'k','Data':5}"))
                .isEqualTo("SerializationException: " + wrong + " a Blob");
        assertThat(plane.refusal("PutRecord", "{'StreamName':5,'PartitionKey':'k','Data':''}"))
                .isEqualTo("SerializationException: " + wrong + " an String");
        assertThat(plane.refusal("PutRecord", "{'StreamName':'s','PartitionKey':'k','Data':'!!'}"))
                .isEqualTo(
                        "SerializationException: '!!' can not be converted to a Blob: Base64"
                                + " encoded length is expected a multiple of 4 bytes but found: 2");
        assertThat(plane.refusal("PutRecords", "{'StreamName':'s','Records':5}"))
                .isEqualTo("SerializationException: Expected list or null");
        assertThat(plane.refusal("PutRecords", many("{'PartitionKey':true,'Data':''}")))
                .isEqualTo(
                        "SerializationException: class java.lang.Boolean can not be converted to an"
                                + " String");
        assertThat(plane.refusal("PutRecords", "{'StreamName':"))
                .isEqualTo("SerializationException: The body is not well-formed JSON");
        // Too large for the model classes; the scanner's own words are as good.
        var large =
                one("k", "ExplicitHashKey", "1".repeat(1 << 20)).replace("'Data':''", "'Data':'!'");
        assertThat(plane.refusal("PutRecord", large))
                .isEqualTo("SerializationException: Base64 of length 1");
    }

    @Test
    void severalViolationsAreToldInTheOrderRecorded() {
        assertThat(
                        plane.refusal(
                                "PutRecord",
                                "{'StreamName':'','StreamId':'x','PartitionKey':'','ExplicitHashKey':'',"
                                        + "'SequenceNumberForOrdering':''}"))
                .isEqualTo(
                        "ValidationException: 7 validation errors detected: Value '' at"
                                + " 'sequenceNumberForOrdering' failed to satisfy constraint:"
                                + " Member must satisfy regular expression pattern:"
                                + " 0|([1-9]\\d{0,128}); Value '' at 'partitionKey' failed to"
                                + " satisfy constraint: Member must have length greater than or"
                                + " equal to 1; Value '' at 'explicitHashKey' failed to satisfy"
                                + " constraint: Member must satisfy regular expression pattern:"
                                + " 0|([1-9]\\d{0,38}); Value null at 'data' failed to satisfy"
                                + " constraint: Member must not be null; Value 'x' at 'streamId'"
                                + " failed to satisfy constraint: Member must satisfy regular"
                                + " expression pattern: [a-z0-9]{20}-[a-z0-9]{3}; Value '' at"
                                + " 'streamName' failed to satisfy constraint: Member must satisfy"
                                + " regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at"
                                + " 'streamName' failed to satisfy constraint: Member must have"
                                + " length greater than or equal to 1");
        assertThat(plane.refusal("PutRecords", many("{'PartitionKey':'','ExplicitHashKey':''}")))
                .containsSubsequence(
                        "'records.1.member.partitionKey'",
                        "'records.1.member.explicitHashKey'",
                        "'records.1.member.data'");
        assertThat(
                        plane.call("PutRecord", one("k", "StreamId", "abcdefghij0123456789-a1z"))
                                .has("SequenceNumber"))
                .isTrue();
    }

    @Test
    void recordsOfAShardThatEndsMeanwhileGoToItsChildren() throws Exception {
        var slow = DataPlane.slow(Duration.ofSeconds(1)).stream("d", 1);
        slow.clock.advance(Duration.ofSeconds(2));
        slow.transitions.step();
        slow.put("d", "k", "before");
        // The shard has ended, but its children are not there yet.
        slow.shards.close(slow.shard("d", 0)).join();
        slow.call(
                "SplitShard",
                "{'StreamName':'d','ShardToSplit':'0','NewStartingHashKey':'%s'}".formatted(HALF));
        var waiting =
                slow.begin(
                        "PutRecords",
                        many(entryAt("0", "a"), entryAt(LAST, "b"), entryAt("1", "c"))
                                .replace("'s'", "'d'"));
        assertThat(waiting.isDone()).isFalse();
        slow.clock.advance(Duration.ofSeconds(2));
        slow.transitions.step();
        var answer = ControlPlane.json(waiting.get().toString());
        assertThat(answer.path("Records").findValuesAsText("ShardId"))
                .containsExactly(
                        "shardId-000000000001", "shardId-000000000002", "shardId-000000000001");
        assertThat(DataPlane.data(slow.read(slow.iterator("d", 1, "'TRIM_HORIZON'"))))
                .containsExactly("a", "c");
        assertThat(DataPlane.data(slow.read(slow.iterator("d", 2, "'TRIM_HORIZON'"))))
                .containsExactly("b");
        assertThat(DataPlane.data(slow.read(slow.iterator("d", 0, "'TRIM_HORIZON'"))))
                .containsExactly("before");
    }

    @Test
    void aDryRunPassesEveryCheckAndStoresNothing() {
        var refused = "DryRunOperationException";
        assertThat(plane.refusal("PutRecord", dry("'StreamName':'s','PartitionKey':'k','Data':''")))
                .startsWith(refused);
        assertThat(
                        plane.refusal(
                                "PutRecords",
                                dry("'StreamName':'s','Records':[" + entry("k", "d") + "]")))
                .startsWith(refused);
        assertThat(plane.refusal("PutRecord", dry("'StreamName':'x','PartitionKey':'k','Data':''")))
                .startsWith("ResourceNotFoundException");
        assertThat(
                        plane.refusal(
                                "PutRecord",
                                dry(
                                        "'StreamName':'s','PartitionKey':'k','Data':'',"
                                                + "'ExplicitHashKey':'"
                                                + "9".repeat(39)
                                                + "'")))
                .startsWith("InvalidArgumentException");
        assertThat(
                        plane.refusal(
                                "GetShardIterator",
                                dry("'StreamName':'s','ShardId':'0','ShardIteratorType':'LATEST'")))
                .startsWith(refused);
        var iterator = plane.iterator("s", 0, "'LATEST'");
        assertThat(plane.refusal("GetRecords", dry("'ShardIterator':'" + iterator + "'")))
                .startsWith(refused);
        for (int shard = 0; shard < 4; shard++) {
            assertThat(dataOf(shard)).isEmpty();
        }
    }

    private static String dry(String members) {
        return "{'DryRun':true," + members + "}";
    }

    @Test
    void aStreamIsNamedByNameByArnOrByBoth() {
        var rest = "'PartitionKey':'k','Data':''}";
        var arn = "'StreamARN':'" + DataPlane.ARN + "s',";
        assertThat(plane.call("PutRecord", "{" + arn + rest).has("ShardId")).isTrue();
        assertThat(plane.call("PutRecord", "{'StreamName':'s'," + arn + rest).has("ShardId"))
                .isTrue();
        assertThat(plane.refusal("PutRecord", "{'StreamName':'t'," + arn + rest))
                .startsWith("InvalidArgumentException");
        assertThat(plane.refusal("PutRecord", "{" + rest)).startsWith("InvalidArgumentException");
        assertThat(plane.refusal("PutRecord", "{'StreamName':'t'," + rest))
                .isEqualTo(
                        "ResourceNotFoundException: Stream t under account 000000000000 not"
                                + " found.");
    }
}
