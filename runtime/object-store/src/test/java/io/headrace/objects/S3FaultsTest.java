package io.headrace.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.objects.AnswerThief.Fate;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real server whose answers get lost, come late, or which is away for a while. */
@Timeout(60)
class S3FaultsTest {
    @RegisterExtension static final RunningS3Server S3 = new RunningS3Server();

    private static final ByteBuffer CONTENT = ByteBuffer.wrap(new byte[] {1, 2, 3});

    @ParameterizedTest
    @EnumSource(
            value = Fate.class,
            names = {"CUT", "REPLACED", "KEPT"})
    void aCreateWhoseAnswerIsLostIsTheCreators(Fate fate) throws IOException {
        var direct = S3.settings();
        try (var thief = new AnswerThief(S3.endpoint());
                var store = TestStores.open(through(thief, direct));
                var other = TestStores.open(direct)) {
            thief.next(fate);
            assertThat(store.createIfAbsent("a", CONTENT)).isTrue();
            // Sent, sent again and refused, asked who it was.
            assertThat(thief.answers()).isEqualTo(3);
            assertThat(other.createIfAbsent("a", CONTENT)).isFalse();
            thief.next(fate, fate);
            assertThat(store.createIfAbsent("b", CONTENT)).isTrue();
            thief.next(fate, Fate.PASSED, fate);
            assertThat(store.createIfAbsent("c", CONTENT)).isTrue();
            assertThat(other.list("")).containsExactly("a", "b", "c");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Fate.class,
            names = {"CUT", "REPLACED", "KEPT"})
    void whoLostHearsSoHoweverManyAnswersAreLost(Fate fate) throws IOException {
        var direct = S3.settings();
        try (var thief = new AnswerThief(S3.endpoint());
                var store = TestStores.open(through(thief, direct));
                var other = TestStores.open(direct)) {
            assertThat(other.createIfAbsent("a", CONTENT)).isTrue();
            thief.next(fate, fate);
            assertThat(store.createIfAbsent("a", CONTENT)).isFalse();
        }
    }

    @Test
    void aCreateWithoutAnyAnswerIsUnclearAndMayHaveBeenDone() throws IOException {
        var direct = S3.settings();
        try (var thief = new AnswerThief(S3.endpoint());
                var store = TestStores.open(through(thief, direct));
                var other = TestStores.open(direct)) {
            IntStream.range(0, TestStores.FEW.attemptsMax()).forEach(i -> thief.next(Fate.CUT));
            assertThatThrownBy(() -> store.createIfAbsent("a", CONTENT))
                    .hasMessageContaining("outcome unknown")
                    .hasMessageNotContaining(RunningS3Server.credentials().secretKey());
            assertThat(other.get("a")).contains(CONTENT);
        }
    }

    @Test
    void readsListingsAndDeletesSurviveLostAnswers() throws IOException {
        try (var thief = new AnswerThief(S3.endpoint());
                var store = TestStores.open(through(thief, S3.settings()))) {
            store.createIfAbsent("a", CONTENT);
            thief.next(Fate.CUT, Fate.REPLACED);
            assertThat(store.get("a")).contains(CONTENT);
            thief.next(Fate.REPLACED, Fate.CUT);
            assertThat(store.read("a", 1, 2)).isEqualTo(CONTENT.slice(1, 2));
            thief.next(Fate.KEPT);
            assertThat(store.size("a")).contains(3L);
            thief.next(Fate.CUT);
            assertThat(store.list("")).containsExactly("a");
            thief.next(Fate.CUT);
            store.delete("a");
            assertThat(store.list("")).isEmpty();
        }
    }

    /** Many at once, any answer lost: nobody is told of another's object that it is theirs. */
    @Test
    void everyRaceHasOneWinnerWhateverAnswersAreLost() throws Exception {
        var direct = S3.settings();
        var random = new Random(3);
        try (var thief = new AnswerThief(S3.endpoint());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var stores =
                    IntStream.range(0, 4)
                            .mapToObj(i -> TestStores.open(through(thief, direct)))
                            .toList();
            for (int round = 0; round < 25; round++) {
                var name = "race/" + round;
                for (int i = 0; i < 8; i++) {
                    thief.next(random.nextInt(4) == 0 ? Fate.CUT : Fate.PASSED);
                }
                var outcomes = new HashMap<ByteBuffer, Future<Boolean>>();
                for (int i = 0; i < stores.size(); i++) {
                    var store = stores.get(i);
                    var content = ByteBuffer.wrap(new byte[] {(byte) i});
                    outcomes.put(
                            content,
                            threads.submit(() -> store.createIfAbsent(name, content.duplicate())));
                }
                var kept = stores.getFirst();
                int winners = 0;
                for (var outcome : outcomes.entrySet()) {
                    if (outcome.getValue().get()) {
                        winners++;
                        assertThat(kept.get(name)).contains(outcome.getKey());
                    }
                }
                assertThat(winners).as("round %d", round).isEqualTo(1);
            }
            stores.forEach(S3Store::close);
        }
    }

    @Test
    void aServerThatIsBackIsUsedAgain(@TempDir Path folder) throws Exception {
        var server = S3Server.start(folder);
        var settings =
                S3Settings.of(server.endpoint(), "s3://" + S3Server.BUCKET, "us-east-1")
                        .withTimeouts(TestStores.SHORT, TestStores.FEW);
        try (var store = TestStores.open(settings, S3Server.CREDENTIALS)) {
            assertThat(store.createIfAbsent("a", CONTENT)).isTrue();
            server.close();
            assertThatThrownBy(() -> store.createIfAbsent("b", CONTENT))
                    .hasMessageContaining("outcome unknown");
            // The first met a connection that had been good; this one cannot have been sent.
            assertThatThrownBy(() -> store.createIfAbsent("c", CONTENT))
                    .hasMessageContaining("gave up")
                    .rootCause()
                    .isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> store.get("a")).hasMessageContaining("gave up");
            server = server.startAgain();
            assertThat(store.get("a")).contains(CONTENT);
            assertThat(store.createIfAbsent("b", CONTENT)).isTrue();
            assertThat(store.createIfAbsent("a", CONTENT)).isFalse();
        } finally {
            server.close();
        }
    }

    @Test
    void wrongKeysAreRefusedWithoutBeingShown() throws IOException {
        var secret = "not-the-secret-of-this-server";
        var wrong =
                new S3Credentials(
                        RunningS3Server.credentials().accessKey(), secret, Optional.empty());
        try (var store = TestStores.open(S3.settings(), wrong)) {
            assertThatThrownBy(() -> store.createIfAbsent("a", CONTENT))
                    .hasMessageContaining("SignatureDoesNotMatch")
                    .hasMessageNotContaining(secret)
                    .hasMessageContaining(S3.endpoint().toString())
                    .hasMessageContaining("bucket " + S3.settings().bucket());
            assertThat(store.trouble()).isPresent();
        }
        assertThat(wrong.toString()).doesNotContain(secret);
    }

    @Test
    void anInterruptEndsTheCall() throws IOException {
        try (var thief = new AnswerThief(S3.endpoint());
                var store = TestStores.open(through(thief, S3.settings()))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> store.createIfAbsent("a", CONTENT))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void listingsArePagedAndComplete() throws IOException {
        try (var store = TestStores.open(S3.settings())) {
            var objects = new TreeMap<String, ByteBuffer>();
            for (int i = 0; i < 2_500; i++) {
                objects.put("n/%05d".formatted(i * 7 % 2_500), CONTENT);
            }
            assertThat(store.createAllIfAbsent(objects)).hasSize(2_500);
            assertThat(store.list("n/")).isEqualTo(List.copyOf(objects.keySet()));
            assertThat(store.list("n/0123")).hasSize(10);
        }
    }

    @Test
    void largeObjectsGoInOneRequestAndInBoundedMemory() throws Exception {
        var content = new byte[32 << 20];
        new Random(5).nextBytes(content);
        // Two are more than the room for bodies, so they take turns.
        var settings = S3.settings().withBounds(4, S3Store.OBJECT_BYTES_MAX);
        try (var store = TestStores.open(settings);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done =
                    IntStream.range(0, 3)
                            .mapToObj(i ->
                                    threads.submit(() ->
                                            store.createIfAbsent(
                                                    "large/" + i,
                                                    ByteBuffer.wrap(content, 0, 1 << 20),
                                                    ByteBuffer.wrap(content, 1 << 20, 31 << 20))))
                            .toList();
            for (var each : done) {
                assertThat(each.get()).isTrue();
            }
            assertThat(store.get("large/1")).contains(ByteBuffer.wrap(content));
            assertThat(store.size("large/2")).contains((long) content.length);
            assertThat(store.read("large/0", 9_999_999, 1 << 20))
                    .isEqualTo(ByteBuffer.wrap(content, 9_999_999, 1 << 20));
        }
    }

    private static S3Settings through(AnswerThief thief, S3Settings settings) {
        return settings.withEndpoint(thief.endpoint())
                .withTimeouts(TestStores.SHORT, TestStores.FEW);
    }
}
