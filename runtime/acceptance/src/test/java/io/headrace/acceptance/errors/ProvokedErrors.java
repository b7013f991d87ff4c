package io.headrace.acceptance.errors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.headrace.acceptance.Distribution;
import io.headrace.testkit.HeadraceNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kinesis.model.KinesisException;

/** Provokes a table of errors on a node, each once in CBOR and once in JSON. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class ProvokedErrors {
    static final String ROOT = "ROOTKEY";

    private @Nullable Scene scene;
    private final List<Caller> callers = new ArrayList<>();

    /** How the node is to be started, with a directory for what it needs. */
    abstract HeadraceNode.Builder node(Path directory) throws Exception;

    /** Who provokes. */
    String keyId() {
        return ROOT;
    }

    abstract Map<Pair, Scene.Attempt> table();

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        Distribution.assumeBuilt();
        var node = node(directory).start();
        scene = Scene.of(node, ROOT);
        callers.add(Caller.of(node.endpoint(), keyId(), true));
        callers.add(Caller.of(node.endpoint(), keyId(), false));
    }

    Scene scene() {
        return Objects.requireNonNull(scene);
    }

    @AfterAll
    void stop() {
        callers.forEach(Caller::close);
        if (scene != null) {
            scene.close();
        }
    }

    @TestFactory
    List<DynamicTest> inCbor() {
        return tests(callers.getFirst(), "application/x-amz-cbor-1.1");
    }

    @TestFactory
    List<DynamicTest> inJson() {
        return tests(callers.getLast(), "application/x-amz-json-1.1");
    }

    private List<DynamicTest> tests(Caller caller, String contentType) {
        return table().entrySet().stream()
                .map(entry ->
                        DynamicTest.dynamicTest(
                                entry.getKey().toString(),
                                () -> check(entry.getKey(), entry.getValue(), caller, contentType)))
                .toList();
    }

    private void check(Pair pair, Scene.Attempt attempt, Caller caller, String contentType)
            throws Exception {
        var failure = catchThrowable(() -> attempt.by(caller, scene()));
        assertThat(failure).as("a refusal").isInstanceOf(KinesisException.class);
        var refusal = (KinesisException) failure;
        // The SDK has a class for each error that the model declares, and one for the rest.
        assertThat(ServiceErrors.wireName(refusal.getClass()))
                .as(refusal.getMessage())
                .isEqualTo(pair.error());
        var details = refusal.awsErrorDetails();
        assertThat(details.errorCode()).isEqualTo(pair.error());
        assertThat(details.errorMessage()).isNotBlank();
        assertThat(refusal.statusCode())
                .isEqualTo(pair.error().equals("InternalFailureException") ? 500 : 400);
        assertThat(refusal.requestId()).isNotBlank();
        // What is answered with events the SDK asks for in JSON whatever it is told.
        assertThat(caller.watch().contentType())
                .isEqualTo(
                        pair.operation().equals("SubscribeToShard")
                                ? "application/x-amz-json-1.1"
                                : contentType);
        var body = caller.watch().body();
        // All that the model gives an error is its message; the type stands beside it.
        assertThat(body.propertyStream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("__type", "message");
        assertThat(body.path("__type").textValue()).isEqualTo(pair.error());
        assertThat(body.path("message").textValue()).isEqualTo(details.errorMessage());
    }
}
