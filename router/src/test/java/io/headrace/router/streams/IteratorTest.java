package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.store.SequenceNumber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** GetShardIterator and GetRecords. */
class IteratorTest {
    private static final String TRIM = "'TRIM_HORIZON'";
    private static final String LATEST = "'LATEST'";

    private final DataPlane plane = DataPlane.create().stream("s", 1);

    private static String at(String number) {
        return "'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'" + number + "'";
    }

    private static String after(String number) {
        return "'AFTER_SEQUENCE_NUMBER','StartingSequenceNumber':'" + number + "'";
    }

    private List<String> from(String rest) {
        return DataPlane.data(plane.read(plane.iterator("s", 0, rest)));
    }

    private List<String> putMany(int count) {
        var numbers = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            numbers.add(plane.put("s", "k", "r" + i).path("SequenceNumber").asText());
            plane.clock.advance(Duration.ofSeconds(1));
        }
        return numbers;
    }

    @Test
    void eachKindStartsWhereItSays() {
        var numbers = putMany(4);
        assertThat(from(TRIM)).containsExactly("r0", "r1", "r2", "r3");
        assertThat(from(LATEST)).isEmpty();
        assertThat(from(at(numbers.get(2)))).containsExactly("r2", "r3");
        assertThat(from(after(numbers.get(2)))).containsExactly("r3");
        assertThat(from("'AT_TIMESTAMP','Timestamp':1700000001.5")).containsExactly("r2", "r3");
        assertThat(from("'AT_TIMESTAMP','Timestamp':1700000002")).containsExactly("r2", "r3");
        assertThat(from("'AT_TIMESTAMP','Timestamp':1")).hasSize(4);
    }

    @Test
    void aShardsOwnStartingNumberIsAPlaceInIt() {
        putMany(2);
        var start =
                plane.call("ListShards", "{'StreamName':'s'}")
                        .at("/Shards/0/SequenceNumberRange/StartingSequenceNumber")
                        .asText();
        assertThat(from(at(start))).containsExactly("r0", "r1");
        assertThat(from(after(start))).containsExactly("r0", "r1");
    }

    @Test
    void theEndingNumberOfAClosedShardIsItsEnd() {
        putMany(2);
        split();
        var end =
                plane.call("ListShards", "{'StreamName':'s'}")
                        .at("/Shards/0/SequenceNumberRange/EndingSequenceNumber")
                        .asText();
        for (var place : List.of(at(end), after(end), LATEST)) {
            var answer = plane.read(plane.iterator("s", 0, place));
            assertThat(answer.path("Records")).isEmpty();
            assertThat(answer.has("NextShardIterator")).isFalse();
            assertThat(answer.path("ChildShards")).hasSize(2);
        }
    }

    @Test
    void latestIsFixedWhenItIsMade() {
        plane.put("s", "k", "before");
        var iterator = plane.iterator("s", 0, LATEST);
        plane.put("s", "k", "after");
        assertThat(DataPlane.data(plane.read(iterator))).containsExactly("after");
    }

    @Test
    void anIteratorIsGoodForFiveMinutesAndAnyNumberOfUses() {
        putMany(1);
        var iterator = plane.iterator("s", 0, TRIM);
        plane.clock.advance(Duration.ofMinutes(5));
        assertThat(DataPlane.data(plane.read(iterator))).containsExactly("r0");
        assertThat(DataPlane.data(plane.read(iterator))).containsExactly("r0");
        plane.clock.advance(Duration.ofMillis(1));
        assertThat(plane.refusal("GetRecords", "{'ShardIterator':'" + iterator + "'}"))
                .isEqualTo(
                        "ExpiredIteratorException: Iterator expired. The iterator was created at"
                                + " time Tue Nov 14 22:13:21 UTC 2023 while right now it is Tue Nov"
                                + " 14 22:18:21 UTC 2023 which is further in the future than the"
                                + " tolerated delay of 300000 milliseconds.");
    }

    @Test
    void tokensAtTheTipAreNeverTheSame() {
        var seen = new HashSet<String>();
        var iterator = plane.iterator("s", 0, LATEST);
        for (int i = 0; i < 20; i++) {
            assertThat(seen.add(iterator)).isTrue();
            assertThat(iterator).hasSizeLessThanOrEqualTo(512);
            iterator = plane.read(iterator).path("NextShardIterator").asText();
        }
    }

    @Test
    void noForgedIteratorIsTaken() {
        var iterator = plane.iterator("s", 0, TRIM);
        var random = new Random(5);
        for (int i = 0; i < 200; i++) {
            var forged = new StringBuilder(iterator);
            int at = random.nextInt(forged.length());
            char other = "ABCDEFGHabcdefgh0123456789+/".charAt(random.nextInt(28));
            if (forged.charAt(at) == other || at >= forged.length() - 4) {
                continue;
            }
            forged.setCharAt(at, other);
            assertThat(plane.refusal("GetRecords", "{'ShardIterator':'" + forged + "'}"))
                    .isEqualTo("InvalidArgumentException: Invalid ShardIterator.");
        }
        for (var forged : List.of("a", "AAAAAAAAAAE=", "!!!!", iterator.substring(4))) {
            assertThat(plane.refusal("GetRecords", "{'ShardIterator':'" + forged + "'}"))
                    .isEqualTo("InvalidArgumentException: Invalid ShardIterator.");
        }
    }

    @Test
    void numbersFromElsewhereAreRefused() {
        putMany(1);
        plane.stream("t", 2);
        var foreign =
                plane.call(
                                "PutRecord",
                                "{'StreamName':'t','PartitionKey':'k','ExplicitHashKey':'"
                                        + "340282366920938463463374607431768211455','Data':''}")
                        .path("SequenceNumber")
                        .asText();
        assertThat(plane.refusal("GetShardIterator", DataPlane.iteratorBody("s", 0, at(foreign))))
                .isEqualTo(
                        "InvalidArgumentException: Invalid StartingSequenceNumber. It encodes"
                                + " shardId-000000000001, while it was used in a call to a shard"
                                + " with shardId-000000000000");
        assertThat(plane.refusal("GetShardIterator", DataPlane.iteratorBody("s", 0, at("123"))))
                .isEqualTo(
                        "InvalidArgumentException: StartingSequenceNumber 123 used in"
                                + " GetShardIterator on shard shardId-000000000000 in stream s"
                                + " under account 000000000000 is invalid.");
        var own = SequenceNumber.parse(plane.put("s", "k", "").path("SequenceNumber").asText());
        var earlier =
                new SequenceNumber(
                        own.shardCreatedSeconds() - 1, 0, own.counter(), own.arrivalSeconds());
        assertThat(plane.refusal("GetShardIterator", body(at(earlier.toString()))))
                .isEqualTo(
                        "InvalidArgumentException: StartingSequenceNumber "
                                + earlier
                                + " used in GetShardIterator on shard shardId-000000000000 in"
                                + " stream s under account 000000000000 is invalid because it did"
                                + " not come from this stream.");
        assertThat(plane.refusal("GetShardIterator", DataPlane.iteratorBody("s", 0, at("0123"))))
                .startsWith("ValidationException");
    }

    @Test
    void aNumberOfTheFutureCannotSkipRecords() {
        var number = SequenceNumber.parse(putMany(1).getFirst());
        var next =
                new SequenceNumber(
                        number.shardCreatedSeconds(),
                        0,
                        number.counter() + 1,
                        number.arrivalSeconds());
        assertThat(
                        plane.refusal(
                                "GetShardIterator",
                                DataPlane.iteratorBody("s", 0, after(next.toString()))))
                .isEqualTo(
                        "InvalidArgumentException: StartingSequenceNumber "
                                + next
                                + " used in GetShardIterator on shard shardId-000000000000 in"
                                + " stream s under account 000000000000 is invalid.");
    }

    @Test
    void whatAPlaceLacksIsNamed() {
        assertThat(plane.refusal("GetShardIterator", body("'AT_SEQUENCE_NUMBER'")))
                .isEqualTo(
                        "InvalidArgumentException: Must either specify (1) AT_SEQUENCE_NUMBER or"
                                + " AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2)"
                                + " TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request"
                                + " specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber.");
        assertThat(plane.refusal("GetShardIterator", body("'LATEST','StartingSequenceNumber':'0'")))
                .endsWith("Request specified LATEST and also a StartingSequenceNumber.");
        assertThat(plane.refusal("GetShardIterator", body("'AT_TIMESTAMP'")))
                .isEqualTo(
                        "InvalidArgumentException: Must specify timestampInMillis parameter for"
                                + " iterator of type AT_TIMESTAMP. Current request has no timestamp"
                                + " parameter.");
        assertThat(plane.refusal("GetShardIterator", body("'AT_TIMESTAMP','Timestamp':1800000000")))
                .startsWith(
                        "InvalidArgumentException: The timestampInMillis parameter cannot be"
                                + " greater than the currentTimestampInMillis.");
        assertThat(plane.refusal("GetShardIterator", body("'NEXT'")))
                .startsWith("ValidationException: 1 validation error detected: Value 'NEXT' at");
    }

    private static String body(String rest) {
        return DataPlane.iteratorBody("s", 0, rest);
    }

    @Test
    void anIteratorInQuotesIsRead() {
        putMany(1);
        var iterator =
                plane.call("GetShardIterator", body("'TRIM_HORIZON'"))
                        .path("ShardIterator")
                        .asText();
        assertThat(DataPlane.data(plane.read("\\\"" + iterator + "\\\""))).containsExactly("r0");
    }

    @Test
    void anIteratorIsAsLongAsThoseOfKinesis() {
        for (int length : List.of(1, 13, 14, 29, 30, 100, 128)) {
            var name = "n".repeat(length);
            plane.stream(name, 1);
            var iterator = Base64.getDecoder().decode(plane.iterator(name, 0, TRIM));
            assertThat(iterator).hasSize(152 + 16 * ((length + 2) / 16));
            assertThat(iterator).startsWith(0, 0, 0, 0, 0, 0, 0, 1);
        }
    }

    @Test
    void aShardThatIsNotThereIsNamedBeforeItsStream() {
        assertThat(plane.refusal("GetShardIterator", DataPlane.iteratorBody("x", 5, TRIM)))
                .isEqualTo(
                        "ResourceNotFoundException: Shard shardId-000000000005 in stream x under"
                                + " account 000000000000 does not exist");
        assertThat(
                        plane.refusal(
                                "GetShardIterator",
                                "{'StreamName':'x','ShardId':'ABKLFD8','ShardIteratorType':'LATEST'}"))
                .isEqualTo(
                        "ResourceNotFoundException: Could not find shard ABKLFD8 in stream x under"
                                + " account 000000000000.");
    }

    @Test
    void shortShardIdsAreTaken() {
        putMany(1);
        for (var id : List.of("shardId-0", "shard-0", "0", "shardId-000000000000")) {
            var iterator =
                    plane.call(
                                    "GetShardIterator",
                                    "{'StreamName':'s','ShardId':'%s','ShardIteratorType':'TRIM_HORIZON'}"
                                            .formatted(id))
                            .path("ShardIterator")
                            .asText();
            assertThat(DataPlane.data(plane.read(iterator))).containsExactly("r0");
        }
        assertThat(
                        plane.refusal(
                                "GetShardIterator",
                                "{'StreamName':'s','ShardId':'shardId-000000000009','ShardIteratorType':'LATEST'}"))
                .isEqualTo(
                        "ResourceNotFoundException: Shard shardId-000000000009 in stream s under"
                                + " account 000000000000 does not exist");
    }

    @Test
    void anAnswerIsCutByLimitAndBytesAndSaysHowFarBehindItIs() {
        putMany(3);
        var first = plane.read(plane.iterator("s", 0, TRIM), 2);
        assertThat(DataPlane.data(first)).containsExactly("r0", "r1");
        // r1 came two seconds ago.
        assertThat(first.path("MillisBehindLatest").asLong()).isEqualTo(2_000);
        var second = plane.read(first.path("NextShardIterator").asText(), 2);
        assertThat(DataPlane.data(second)).containsExactly("r2");
        assertThat(second.path("MillisBehindLatest").asLong(-1)).isZero();

        plane.stream("large", 1);
        var mib = "x".repeat((1 << 20) - 100);
        for (int i = 0; i < 12; i++) {
            plane.put("large", "k", mib);
        }
        var cut = plane.read(plane.iterator("large", 0, TRIM));
        assertThat(cut.path("Records")).hasSize(10);
        assertThat(cut.path("MillisBehindLatest").asLong()).isPositive();
        assertThat(plane.read(cut.path("NextShardIterator").asText()).path("Records")).hasSize(2);
    }

    @Test
    void aShardEndsWithItsChildrenAndNotBefore() {
        putMany(3);
        split();
        var first = plane.read(plane.iterator("s", 0, TRIM), 2);
        assertThat(first.has("NextShardIterator")).isTrue();
        assertThat(first.has("ChildShards")).isFalse();
        var last = plane.read(first.path("NextShardIterator").asText(), 2);
        assertThat(DataPlane.data(last)).containsExactly("r2");
        assertThat(last.has("NextShardIterator")).isFalse();
        assertThat(last.path("ChildShards").findValuesAsText("ShardId"))
                .containsExactly("shardId-000000000001", "shardId-000000000002");
        plane.call(
                "MergeShards", "{'StreamName':'s','ShardToMerge':'1','AdjacentShardToMerge':'2'}");
        var merged = plane.read(plane.iterator("s", 1, TRIM));
        assertThat(merged.at("/ChildShards/0/ParentShards"))
                .isEqualTo(ControlPlane.json("['shardId-000000000001','shardId-000000000002']"));
    }

    @Test
    void aChildsNumbersAreAboveItsParents() {
        putMany(3);
        split();
        var shards = plane.call("ListShards", "{'StreamName':'s'}").path("Shards");
        var end =
                SequenceNumber.parse(
                        shards.at("/0/SequenceNumberRange/EndingSequenceNumber").asText());
        var start =
                SequenceNumber.parse(
                        shards.at("/1/SequenceNumberRange/StartingSequenceNumber").asText());
        var record = SequenceNumber.parse(plane.put("s", "k", "x").path("SequenceNumber").asText());
        assertThat(start).isGreaterThan(end);
        assertThat(record).isGreaterThan(start);
    }

    @Test
    void anIteratorBelowTheTrimHorizonGoesOnAtIt() {
        putMany(3);
        var iterator = plane.iterator("s", 0, TRIM);
        plane.shards.trim(plane.shard("s", 0), 2);
        assertThat(DataPlane.data(plane.read(iterator))).containsExactly("r2");
    }

    @Test
    void anIteratorIsForItsStreamOnly() {
        plane.stream("t", 1);
        var iterator = plane.iterator("s", 0, TRIM);
        assertThat(
                        plane.refusal(
                                "GetRecords",
                                "{'ShardIterator':'%s','StreamARN':'%s'}"
                                        .formatted(iterator, DataPlane.ARN + "t")))
                .startsWith("InvalidArgumentException");
        var right =
                plane.call(
                        "GetRecords",
                        "{'ShardIterator':'%s','StreamARN':'%s'}"
                                .formatted(iterator, DataPlane.ARN + "s"));
        assertThat(right.has("NextShardIterator")).isTrue();
    }

    @Test
    void anIteratorOfADeletedStreamFindsNothingNotEvenInItsSuccessor() {
        putMany(1);
        var iterator = plane.iterator("s", 0, TRIM);
        plane.call("DeleteStream", "{'StreamName':'s'}");
        var body = "{'ShardIterator':'" + iterator + "'}";
        assertThat(plane.refusal("GetRecords", body))
                .isEqualTo(
                        "ResourceNotFoundException: Shard shardId-000000000000 in stream s under"
                                + " account 000000000000 does not exist");
        plane.stream("s", 1);
        plane.put("s", "k", "other");
        assertThat(plane.refusal("GetRecords", body))
                .isEqualTo(
                        "ResourceNotFoundException: Shard shardId-000000000000 in stream s under"
                                + " account 000000000000 does not exist");
    }

    @Test
    void aStreamThatIsComingOrGoingHasNoRecords() {
        var slow = DataPlane.slow(Duration.ofSeconds(10)).stream("d", 1);
        assertThat(slow.refusal("GetShardIterator", DataPlane.iteratorBody("d", 0, TRIM)))
                .startsWith("ResourceNotFoundException");
        slow.clock.advance(Duration.ofSeconds(11));
        step(slow);
        var iterator = slow.iterator("d", 0, TRIM);
        slow.call("DeleteStream", "{'StreamName':'d'}");
        assertThat(
                        slow.call("DescribeStream", "{'StreamName':'d'}")
                                .at("/StreamDescription/StreamStatus")
                                .asText())
                .isEqualTo("DELETING");
        assertThat(slow.refusal("GetRecords", "{'ShardIterator':'" + iterator + "'}"))
                .startsWith("ResourceNotFoundException");
        assertThat(slow.refusal("GetShardIterator", DataPlane.iteratorBody("d", 0, TRIM)))
                .startsWith("ResourceNotFoundException");
    }

    private static void step(DataPlane plane) {
        try {
            plane.transitions.step();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void split() {
        plane.call(
                "SplitShard",
                "{'StreamName':'s','ShardToSplit':'0','NewStartingHashKey':'"
                        + "170141183460469231731687303715884105728'}");
    }
}
