package io.headrace.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headrace.node.command.TrainingRequests;
import io.headrace.node.settings.Keys;
import io.headrace.node.settings.Settings;
import io.headrace.node.settings.SettingsReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {
    @TempDir Path directory;

    @Test
    void servesHealthAndMetricsUntilClosed() throws Exception {
        try (var node = Node.start(settings(0, "data"), Surroundings.real())) {
            assertThat(get(node, "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(node, "/health/ready").body()).isEqualTo("ready\n");
            assertThat(get(node, "/metrics").body()).contains("jvm_memory_used_bytes");
            assertThat(get(node, "/metrics").headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (var first = Node.start(settings(0, "data"), Surroundings.real())) {
            int port = first.addresses().getFirst().getPort();
            assertThatExceptionOfType(NodeStartException.class)
                    .isThrownBy(
                            () -> Node.start(settings(port, "other"), Surroundings.real()).close())
                    .withMessageContaining("127.0.0.1:" + port);
            assertThat(get(first, "/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aDataDirectoryInUseIsNamed() throws Exception {
        try (var first = Node.start(settings(0, "data"), Surroundings.real())) {
            assertThatExceptionOfType(NodeStartException.class)
                    .isThrownBy(() -> Node.start(settings(0, "data"), Surroundings.real()).close())
                    .withMessageContaining(directory.resolve("data").toString())
                    .withMessageContaining("in use");
            assertThat(get(first, "/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theTrainingRunAsksWhatTheNodeAnswers() throws Exception {
        try (var node = Node.start(settings(0, "data"), Surroundings.real())) {
            var statuses = TrainingRequests.sendTo(node.addresses().getFirst());

            assertThat(statuses).hasSizeGreaterThan(20).containsOnly(200);
        }
    }

    private Settings settings(int port, String data) throws Exception {
        return SettingsReader.read(
                        Map.of(
                                Keys.byName("port"),
                                Integer.toString(port),
                                Keys.byName("data"),
                                directory.resolve(data).toString()),
                        Map.of(),
                        Optional.empty())
                .settings();
    }

    private static HttpResponse<String> get(Node node, String path) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(node.addresses().getFirst().resolve(path)).build();
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
