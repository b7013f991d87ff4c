package io.headrace.acceptance.errors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.clients.EventCheck;
import io.headrace.testkit.HeadraceNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** The errors that end a subscription which has begun, as events of its stream. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class PushedErrorsTest {
    private @Nullable Scene scene;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        Distribution.assumeBuilt();
        DamagedErrorsTest.prepare(directory.resolve("data"));
        var node = HeadraceNode.builder().data(directory.resolve("data")).start();
        scene = Scene.of(node, ProvokedErrors.ROOT);
    }

    @AfterAll
    void stop() {
        if (scene != null) {
            scene.close();
        }
    }

    @FunctionalInterface
    interface End {
        /** Ends a running subscription. */
        void bring(Scene scene, Target stream) throws Exception;
    }

    static Map<String, String> streams() {
        return Map.of(
                "KMSNotFoundException", DamagedErrorsTest.MISSING,
                "KMSDisabledException", DamagedErrorsTest.DISABLED,
                "KMSInvalidStateException", DamagedErrorsTest.MISFIT,
                "InternalFailureException", DamagedErrorsTest.DAMAGED);
    }

    static Map<String, End> ends() {
        var ends = new HashMap<String, End>();
        ends.put(
                "ResourceNotFoundException",
                (s, stream) ->
                        s.root()
                                .client()
                                .deleteStream(r ->
                                        r.streamName(stream.name()).enforceConsumerDeletion(true)));
        ends.put(
                "ResourceInUseException",
                (s, stream) -> {
                    // For five seconds it is the newer one that is refused.
                    for (int i = 0; ; i++) {
                        try {
                            Calls.of("SubscribeToShard").make(s.root(), stream);
                            return;
                        } catch (KinesisException e) {
                            assertThat(i).as(e.getMessage()).isLessThan(200);
                            Thread.sleep(100);
                        }
                    }
                });
        return ends;
    }

    static Iterable<String> errorsOfKeys() {
        return streams().keySet();
    }

    static Iterable<String> errorsOfEnds() {
        return ends().keySet();
    }

    @Test
    void eachErrorOfTheModelIsProvokedOrImpossible() {
        var known = new HashSet<>(streams().keySet());
        known.addAll(ends().keySet());
        ImpossibleErrors.reasons().keySet().stream()
                .filter(pair -> pair.operation().equals("GetRecords"))
                .forEach(pair -> assertThat(known.add(pair.error())).isTrue());
        assertThat(known).isEqualTo(EventCheck.ERRORS);
    }

    @ParameterizedTest
    @MethodSource("errorsOfKeys")
    void whatCantBeReadEndsIt(String error) throws Exception {
        var s = Objects.requireNonNull(scene);
        var name = Objects.requireNonNull(streams().get(error));
        var stream = s.withConsumer(Target.stream(name), "one");
        // The first event would be the record that can't be read.
        ends(error, stream, (_, _) -> {});
    }

    @ParameterizedTest
    @MethodSource("errorsOfEnds")
    void whatComesLaterEndsIt(String error) throws Exception {
        var s = Objects.requireNonNull(scene);
        var stream = s.withConsumer(s.newStream(), "one");
        var end = Objects.requireNonNull(ends().get(error));
        ends(
                error,
                stream,
                (subscription, target) -> {
                    subscription.awaitFirst();
                    end.bring(s, target);
                });
    }

    @FunctionalInterface
    private interface Meanwhile {
        void happens(Caller.Subscription subscription, Target stream) throws Exception;
    }

    private void ends(String error, Target stream, Meanwhile meanwhile) throws Exception {
        var s = Objects.requireNonNull(scene);
        try (var caller = Caller.of(s.node().endpoint(), ProvokedErrors.ROOT, true);
                var subscription =
                        caller.open(stream.consumerArn(), ShardIteratorType.TRIM_HORIZON, null)) {
            meanwhile.happens(subscription, stream);
            var failure =
                    catchThrowable(
                            () -> subscription.running().orTimeout(60, TimeUnit.SECONDS).join());
            assertThat(failure).isInstanceOf(CompletionException.class);
            assertThat(failure.getCause()).isInstanceOf(KinesisException.class);
            var refusal = (KinesisException) Objects.requireNonNull(failure.getCause());
            assertThat(ServiceErrors.wireName(refusal.getClass()))
                    .as(refusal.getMessage())
                    .isEqualTo(error);
            assertThat(refusal.awsErrorDetails().errorMessage()).isNotBlank();
            var seen = new HashSet<String>();
            var problems = new ArrayList<String>();
            new EventCheck(seen, problems).feed(caller.watch().bytes());
            assertThat(problems).isEmpty();
            assertThat(seen).contains("initial-response", error);
        }
    }
}
