package io.headrace.cluster.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.cluster.Batches;
import io.headrace.cluster.wire.MessageFormat.Letter;
import io.headrace.store.ErrorCode;
import io.headrace.store.ShardKey;
import io.headrace.store.record.Block;
import io.headrace.store.record.BlockBuilder;
import io.headrace.store.shard.AppendResult;
import io.headrace.store.shard.ReadResult;
import io.headrace.store.shard.ShardBounds;
import io.headrace.store.stream.ShardLoad;
import io.headrace.store.stream.ShardSpend;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is sent is what arrives; what was damaged on the way is noticed and harms nobody. */
class MessageFormatTest {
    private static final UUID SENDER = new UUID(1, 2);
    private static final ShardKey SHARD = new ShardKey(0x1122334455667788L, 9);
    private static final ShardBounds BOUNDS = new ShardBounds(3, 9, true, 77);

    static Stream<Message> plainMessages() {
        return Stream.of(
                new Message.Read(SHARD, 5, 6, 7),
                new Message.IndexAt(SHARD, 5),
                new Message.Bounds(SHARD),
                new Message.End(SHARD),
                new Message.Delete(SHARD),
                new Message.Subscribe(List.of(SHARD, new ShardKey(1, 2)), true),
                new Message.Subscribe(List.of(), false),
                new Message.Committed(List.of(SHARD)),
                new Message.Release("journal", SHARD),
                new Message.Changed("streams/"),
                new Message.Spent(List.of(new ShardSpend(SHARD, 1, 2, 3, 4, 5))),
                new Message.Loaded(List.of(new ShardLoad(SHARD, 1, 2, 3))),
                new Message.Claim(SHARD, "arn:aws:kinesis:r:a:stream/s/consumer/c:1"),
                new Message.Hello("{}"),
                new Message.Ask("status"),
                new Message.Appended(new AppendResult.Committed(4, 5)),
                new Message.Appended(new AppendResult.Closed()),
                new Message.Index(8),
                new Message.Limits(BOUNDS),
                new Message.Done(),
                new Message.Released(true),
                new Message.Text("ä".repeat(70_000)),
                new Message.Refused(ErrorCode.STORE_FULL, "the disk is full"));
    }

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("plainMessages")
    void aMessageArrivesAsItWasSent(Message message) {
        assertThat(through(message)).isEqualTo(message);
    }

    @Test
    void anAppendArrivesWithRoomToBecomeABlock() {
        var sent = new Message.Append(SHARD, 3, 4, 2, Batches.of("one", "two"));
        var received = (Message.Append) through(sent);
        assertThat(received.generation()).isEqualTo(3);
        assertThat(received.sequence()).isEqualTo(4);
        assertThat(received.settledBelow()).isEqualTo(2);
        var block = BlockBuilder.sealAlone(received.batch(), received.shard(), 1, 7, 8);
        assertThat(Batches.texts(Block.read(block.content()))).containsExactly("one", "two");
    }

    @Test
    void recordsArriveAsTheyAreStored() {
        var block = block("a", "b", "c");
        var sent = read(new ReadResult.Slice(block, 10, 12));
        var received = ((Message.Records) through(sent)).result();
        assertThat(received.bounds()).isEqualTo(BOUNDS);
        assertThat(received.nextIndex()).isEqualTo(12);
        var slice = received.slices().getFirst();
        assertThat(slice.fromIndex()).isEqualTo(10);
        assertThat(slice.toIndex()).isEqualTo(12);
        assertThat(slice.block().content()).isEqualTo(block.content());
        assertThat(slice.block().isStoredEncrypted()).isFalse();
    }

    @Test
    void itIsKnownThatRecordsAreStoredEncrypted() {
        var sent = read(new ReadResult.Slice(block("a").asDecrypted(), 10, 11));
        var slice = ((Message.Records) through(sent)).result().slices().getFirst();
        assertThat(slice.block().isStoredEncrypted()).isTrue();
    }

    @Test
    void fewRecordsOfALargeBlockTravelAlone() {
        var texts = IntStream.range(0, 1000).mapToObj(i -> "record " + i).toArray(String[]::new);
        var block = block(texts).asDecrypted();
        var sent = read(new ReadResult.Slice(block, 510, 513));
        assertThat(bytes(sent).length).isLessThan(400);
        var slice = ((Message.Records) through(sent)).result().slices().getFirst();
        assertThat(slice.fromIndex()).isEqualTo(510);
        assertThat(slice.toIndex()).isEqualTo(513);
        assertThat(slice.block().arrivalMs()).isEqualTo(block.arrivalMs());
        assertThat(slice.block().isStoredEncrypted()).isTrue();
        assertThat(Batches.texts(slice.block()))
                .containsExactly("record 500", "record 501", "record 502");
    }

    @Test
    void theBytesAreTheseBytes() {
        assertThat(HexFormat.of().formatHex(bytes(new Message.Bounds(SHARD))))
                .isEqualTo(
                        "48524d3101040000"
                                + "bc0e1dda"
                                + "00000034"
                                + "00000000000000010000000000000002"
                                + "0000000000000007"
                                + "112233445566778800000009");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void damageIsNoticed(int seed) {
        var random = new Random(seed);
        var messages =
                List.of(
                        new Message.Append(SHARD, 3, 4, 2, Batches.of("one", "two")),
                        read(new ReadResult.Slice(block("a", "b"), 10, 12)),
                        new Message.Subscribe(List.of(SHARD), true),
                        new Message.Refused(ErrorCode.NOT_OWNER, "no"));
        for (var message : messages) {
            var bytes = bytes(message);
            var flipped = bytes.clone();
            flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(MessageFormat.decode(flipped).message()).isInstanceOf(Message.Damaged.class);
            var cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            assertThat(MessageFormat.decode(cut).message()).isInstanceOf(Message.Damaged.class);
        }
    }

    /** The checksum is right here: someone speaks our format wrongly. */
    @ParameterizedTest
    @MethodSource("seeds")
    void nonsenseWithARightChecksumIsNoticed(int seed) {
        var random = new Random(seed);
        for (int kind = 0; kind < 256; kind++) {
            var body = new byte[random.nextInt(100)];
            random.nextBytes(body);
            var bytes = MessageFormat.sealed(kind, SENDER, 7, body);
            // Some nonsense is a message by chance; none may throw.
            assertThat(MessageFormat.decode(bytes).sender()).isEqualTo(SENDER);
        }
    }

    @Test
    void countsThatAreTooHighAreRefusedBeforeRoomIsTaken() {
        var body = new byte[] {0, 0, 0, 0, 0x7f, -1, -1, -1};
        for (int kind = 0; kind < 256; kind++) {
            assertThat(MessageFormat.decode(MessageFormat.sealed(kind, SENDER, 7, body)))
                    .isNotNull();
        }
    }

    @Test
    void theBusHandsOverWhatItHas() {
        var codec = new LetterCodec();
        var buffer = Buffer.buffer("before");
        codec.encodeToWire(buffer, new Letter(SENDER, 7, new Message.Changed("x")));
        assertThat(codec.decodeFromWire(6, buffer).message()).isEqualTo(new Message.Changed("x"));
        for (int length = 6; length < buffer.length(); length++) {
            assertThat(codec.decodeFromWire(6, buffer.getBuffer(0, length)).message())
                    .isInstanceOf(Message.Damaged.class);
        }
    }

    private static Message.Records read(ReadResult.Slice slice) {
        return new Message.Records(new ReadResult(List.of(slice), slice.toIndex(), BOUNDS));
    }

    private static Block block(String... texts) {
        return BlockBuilder.sealAlone(Batches.of(texts), SHARD, 5, 10, 1000);
    }

    private static Message through(Message message) {
        var letter = MessageFormat.decode(bytes(message));
        assertThat(letter.sender()).isEqualTo(SENDER);
        assertThat(letter.number()).isEqualTo(7);
        return letter.message();
    }

    private static byte[] bytes(Message message) {
        return MessageFormat.encode(new Letter(SENDER, 7, message));
    }
}
