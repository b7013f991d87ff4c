package io.headrace.cluster.forward;

import static io.headrace.cluster.TestCluster.causeOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.cluster.Batches;
import io.headrace.cluster.OwnedShards;
import io.headrace.cluster.TestCluster;
import io.headrace.cluster.wire.Message;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.ShardKey;
import io.headrace.store.record.RecordBatch;
import io.headrace.store.shard.AppendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of requests whose owner moves, is silent or dies, message by message. */
class ClusterShardsTest {
    private static final ShardKey SHARD = new ShardKey(7, 0);
    private static final long BOUND_MS = TestCluster.FAST.routeMax().toMillis();

    private final FakeRoutes routes = new FakeRoutes();
    private final OwnedShards.Disk disk = new OwnedShards.Disk();
    private final OwnedShards local = new OwnedShards(disk, "here");
    private final ClusterShards shards =
            new ClusterShards(routes, local, routes::nanos, TestCluster.FAST);

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @Test
    void whatIsHereIsAskedHere() {
        routes.owner = FakeRoutes.SELF;
        assertThat(shards.append(SHARD, Batches.of("a")).join())
                .isEqualTo(new AppendResult.Committed(0, 1000));
        assertThat(routes.sent).isEmpty();
    }

    @Test
    void refusedAppendsGoToTheNextOwnerInTheirOrder() {
        var answers = append("a", "b", "c");
        var first = routes.take();
        assertThat(first).hasSize(3);
        first.forEach(sent -> refuse(sent, ErrorCode.NOT_OWNER));
        routes.owner = FakeRoutes.THIRD;
        routes.pass(50);
        var second = routes.take();
        assertThat(second).extracting(FakeRoutes.Sent::node).containsOnly(FakeRoutes.THIRD);
        assertThat(texts(second)).containsExactly("a", "b", "c");
        second.forEach(ClusterShardsTest::commit);
        assertThat(answers).allMatch(CompletableFuture::isDone);
    }

    @Test
    void nothingIsSentWhileOneThatCameBackMayStillBeOvertaken() {
        append("a", "b");
        var first = routes.take();
        refuse(first.getFirst(), ErrorCode.NOT_OWNER);
        append("c");
        routes.pass(1000);
        assertThat(routes.sent).isEmpty();
        commit(first.getLast());
        routes.pass(50);
        assertThat(texts(routes.take())).containsExactly("a", "c");
    }

    @Test
    void anotherOwnerGetsNothingBeforeTheOldOneHasAnswered() {
        append("a");
        var first = routes.take();
        routes.owner = FakeRoutes.THIRD;
        append("b");
        assertThat(routes.sent).isEmpty();
        commit(first.getFirst());
        assertThat(texts(routes.take())).containsExactly("b");
    }

    @Test
    void ownersThatNeverTakeItAreAskedUntilTheBound() {
        var answer = append("a").getFirst();
        for (long ms = 0; ms < BOUND_MS + 1000 && !answer.isDone(); ms += 10) {
            routes.take().forEach(sent -> refuse(sent, ErrorCode.NOT_OWNER));
            routes.pass(10);
        }
        assertThat(refusal(answer).code()).isEqualTo(ErrorCode.INTERNAL_FAILURE);
        assertThat(refusal(answer)).hasMessageContaining("nothing was stored");
        assertThat(routes.nanos()).isGreaterThanOrEqualTo(BOUND_MS * 1_000_000);
    }

    @Test
    void aSilentOwnerIsAskedAgainUnderTheSameNumber() {
        var answer = append("a").getFirst();
        var first = routes.take().getFirst();
        first.fail(true);
        routes.pass(300);
        var second = routes.take().getFirst();
        assertThat(second.append().generation()).isEqualTo(first.append().generation());
        assertThat(second.append().sequence()).isEqualTo(first.append().sequence());
        assertThat(second.node()).isEqualTo(FakeRoutes.OTHER);
        commit(second);
        assertThat(answer).isCompleted();
    }

    @Test
    void ofADeadOwnersAppendsNobodyKnows() {
        var answer = append("a").getFirst();
        routes.members.remove(FakeRoutes.OTHER);
        routes.owner = FakeRoutes.THIRD;
        routes.take().getFirst().fail(true);
        assertThat(refusal(answer).code()).isEqualTo(ErrorCode.INTERNAL_FAILURE);
        assertThat(routes.sent).isEmpty();
    }

    @Test
    void whatNeverLeftGoesToTheNextOwner() {
        var answer = append("a").getFirst();
        routes.members.remove(FakeRoutes.OTHER);
        routes.owner = FakeRoutes.THIRD;
        routes.take().getFirst().fail(false);
        routes.pass(50);
        commit(routes.take().getFirst());
        assertThat(answer).isCompleted();
    }

    @Test
    void onceUnclearAnAppendIsNotTakenForUnsent() {
        var answer = append("a").getFirst();
        routes.take().getFirst().fail(true);
        routes.pass(300);
        routes.take().getFirst().fail(false);
        routes.owner = FakeRoutes.THIRD;
        routes.members.remove(FakeRoutes.OTHER);
        routes.pass(300);
        routes.take().forEach(sent -> sent.fail(false));
        assertThat(refusal(answer).code()).isEqualTo(ErrorCode.INTERNAL_FAILURE);
        routes.pass(1000);
        assertThat(routes.sent).isEmpty();
    }

    @Test
    void refusalsTravelAsTheyAre() {
        var answer = append("a").getFirst();
        refuse(routes.take().getFirst(), ErrorCode.STORE_FULL);
        assertThat(refusal(answer).code()).isEqualTo(ErrorCode.STORE_FULL);
    }

    @Test
    void moreThanABoundToOneNodeIsRefusedAndThenRoomComesBack() {
        var answers = new ArrayList<CompletableFuture<AppendResult>>();
        for (int i = 0; i < TestCluster.FAST.peerRequests(); i++) {
            answers.addAll(append("a" + i));
        }
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        assertThat(refusal(append("more").getFirst()).code())
                .isEqualTo(ErrorCode.THROUGHPUT_EXCEEDED);
        commit(routes.take().getFirst());
        assertThat(append("again").getFirst()).isNotDone();
    }

    @Test
    void bytesAreBoundedToo() {
        var large = "x".repeat(700_000);
        assertThat(append(large).getFirst()).isNotDone();
        assertThat(refusal(append(large).getFirst()).code())
                .isEqualTo(ErrorCode.THROUGHPUT_EXCEEDED);
    }

    @Test
    void readsAreAskedForAgainWhateverHappened() {
        var answer = shards.bounds(SHARD);
        routes.take().getFirst().fail(true);
        routes.pass(50);
        refuse(routes.take().getFirst(), ErrorCode.NOT_OWNER);
        routes.pass(50);
        routes.take().getFirst().fail(false);
        routes.owner = FakeRoutes.SELF;
        routes.pass(100);
        assertThat(answer.join().nextIndex()).isZero();
    }

    @Test
    void readsThatNobodyAnswersEndAtTheBound() {
        var answer = shards.read(SHARD, 0, 1, 1);
        for (long ms = 0; ms < BOUND_MS + 1000 && !answer.isDone(); ms += 10) {
            routes.take().forEach(sent -> refuse(sent, ErrorCode.NOT_OWNER));
            routes.pass(10);
        }
        assertThat(refusal(answer).code()).isEqualTo(ErrorCode.INTERNAL_FAILURE);
    }

    /**
     * Owners move, refuse, lose questions and lose answers; what is stored of each shard is what
     * was submitted, in that order, and nothing twice.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void appendsAreStoredInOrderAndOnce(int seed) {
        var random = new Random(seed);
        var nodes = new Owners(disk);
        var submitted = new ArrayList<String>();
        var answers = new ArrayList<CompletableFuture<AppendResult>>();
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    submitted.add("r" + submitted.size());
                    answers.addAll(append(submitted.getLast()));
                }
                case 3 -> routes.pass(random.nextInt(60));
                case 4 -> {
                    routes.owner = random.nextBoolean() ? FakeRoutes.OTHER : FakeRoutes.THIRD;
                    nodes.serve(random.nextInt(4) == 0 ? FakeRoutes.SELF : routes.owner);
                }
                default -> nodes.deliver(routes, random);
            }
        }
        nodes.serve(routes.owner);
        for (int i = 0; i < 6000 && !answers.stream().allMatch(CompletableFuture::isDone); i++) {
            nodes.deliverAll(routes);
            routes.pass(5);
        }
        assertThat(answers).allMatch(CompletableFuture::isDone);
        var stored = disk.records(SHARD);
        assertThat(stored).doesNotHaveDuplicates();
        var acknowledged = new ArrayList<String>();
        for (int i = 0; i < answers.size(); i++) {
            if (!answers.get(i).isCompletedExceptionally()) {
                acknowledged.add(submitted.get(i));
            }
        }
        assertThat(stored).containsSubsequence(acknowledged);
        assertThat(submitted).containsSubsequence(stored);
        assertThat(acknowledged).hasSizeGreaterThan(10);
    }

    /** Two owners behind connections that lose what they carry, but never change its order. */
    private static final class Owners {
        private UUID serving = FakeRoutes.OTHER;
        private final List<FakeRoutes.Sent> late = new ArrayList<>();
        private final AppendOrder atOther = new AppendOrder(100);
        private final AppendOrder atThird = new AppendOrder(100);
        private final OwnedShards store;

        Owners(OwnedShards.Disk disk) {
            store = new OwnedShards(disk, "there");
        }

        void serve(UUID node) {
            serving = node;
        }

        void deliver(FakeRoutes routes, Random random) {
            if (!late.isEmpty() && random.nextInt(4) == 0) {
                var _ = answer(late.remove(random.nextInt(late.size())));
                return;
            }
            if (routes.sent.isEmpty()) {
                return;
            }
            var sent = routes.sent.removeFirst();
            switch (random.nextInt(6)) {
                case 0 -> {
                    // Lost, or on a connection that broke and is read to its end only later.
                    if (random.nextBoolean()) {
                        late.add(sent);
                    }
                    sent.fail(true);
                }
                case 1 -> {
                    // Stored or refused, and the answer is lost.
                    var _ = answer(sent);
                    sent.fail(true);
                }
                case 2 -> sent.fail(false);
                default -> settle(sent);
            }
        }

        void deliverAll(FakeRoutes routes) {
            for (var sent : late) {
                var _ = answer(sent);
            }
            late.clear();
            routes.take().forEach(this::settle);
        }

        private void settle(FakeRoutes.Sent sent) {
            var _ =
                    answer(sent)
                            .whenComplete((result, failure) -> {
                                if (failure == null) {
                                    sent.answer().complete(new Message.Appended(result));
                                } else {
                                    sent.answer().completeExceptionally(failure);
                                }
                            });
        }

        private CompletableFuture<AppendResult> answer(FakeRoutes.Sent sent) {
            var order = sent.node().equals(FakeRoutes.OTHER) ? atOther : atThird;
            return order.take(
                    FakeRoutes.SELF,
                    sent.append(),
                    () -> {
                        store.serve(shard -> sent.node().equals(serving));
                        return store.append(sent.append().shard(), copy(sent.append()));
                    });
        }

        /** As a message's bytes are the receiver's own. */
        private static RecordBatch copy(Message.Append append) {
            return Batches.of(text(append));
        }
    }

    private List<CompletableFuture<AppendResult>> append(String... texts) {
        var answers = new ArrayList<CompletableFuture<AppendResult>>();
        for (var text : texts) {
            answers.add(shards.append(SHARD, Batches.of(text)));
        }
        return answers;
    }

    private static void commit(FakeRoutes.Sent sent) {
        sent.answer().complete(new Message.Appended(new AppendResult.Committed(0, 0)));
    }

    private static void refuse(FakeRoutes.Sent sent, ErrorCode code) {
        sent.answer().completeExceptionally(new RefusedException(code, "no"));
    }

    private static RefusedException refusal(CompletableFuture<?> answer) {
        assertThat(answer).isDone();
        var cause = causeOf(answer);
        assertThat(cause).isInstanceOf(RefusedException.class);
        return (RefusedException) Objects.requireNonNull(cause);
    }

    private static List<String> texts(Iterable<FakeRoutes.Sent> sent) {
        var texts = new ArrayList<String>();
        sent.forEach(one -> texts.add(text(one.append())));
        return texts;
    }

    private static String text(Message.Append append) {
        var content = append.batch().content();
        var bytes = new byte[content.remaining() - 7];
        content.get(7, bytes);
        return new String(bytes, UTF_8);
    }
}
