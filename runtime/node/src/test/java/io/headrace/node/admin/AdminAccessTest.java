package io.headrace.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.node.Surroundings;
import io.headrace.node.TestNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Who may ask a node what only its operator may ask. */
class AdminAccessTest {
    private static final String KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    @TempDir Path data;

    @Test
    void aNodeWithCredentialsAnswersWhoSignsWithThem() throws Exception {
        var credentials = Map.of("access-key-id", KEY, "secret-access-key", SECRET);
        try (var node = TestNode.start(data, Surroundings.real(), credentials)) {
            try (var client = client(node.address(), Optional.of(SECRET))) {
                assertThat(client.call("ListConsumers", AdminClient.request()).path("Consumers"))
                        .isEmpty();
            }
            try (var client = client(node.address(), Optional.of(SECRET + "x"))) {
                assertThatThrownBy(() -> client.call("BeginBackup", AdminClient.request()))
                        .hasMessageContaining("InvalidSignatureException");
            }
            try (var client = client(node.address(), Optional.empty())) {
                assertThatThrownBy(() -> client.call("BeginBackup", AdminClient.request()))
                        .hasMessageContaining("MissingAuthenticationTokenException");
            }
        }
    }

    @Test
    void aNodeOpenToTheNetworkWithoutCredentialsAnswersNobody() throws Exception {
        var open = Map.of("host", "0.0.0.0", "insecure-bind", "true");
        try (var node = TestNode.start(data, Surroundings.real(), open);
                var client =
                        client(
                                URI.create("http://127.0.0.1:" + node.address().getPort()),
                                Optional.empty())) {
            assertThatThrownBy(() -> client.call("BeginBackup", AdminClient.request()))
                    .isInstanceOf(AdminClient.RefusalException.class)
                    .hasMessageContaining("AccessDeniedException")
                    .hasMessageContaining("on loopback only");
        }
    }

    @Test
    void onlyOneBackupIsUnderWayAndOnlyItsFilesAreRead() throws Exception {
        try (var node = TestNode.start(data);
                var client = client(node.address(), Optional.empty());
                var first = RunningSource.begin(client)) {
            assertThat(first.files()).isNotEmpty();
            assertThatThrownBy(() -> RunningSource.begin(client))
                    .hasMessageContaining("ResourceInUseException");
            var wrong = AdminClient.request().put("BackupId", "0").put("Name", "x");
            assertThatThrownBy(() ->
                            client.call("ReadBackup", wrong.put("Offset", 0).put("Length", 1)))
                    .hasMessageContaining("ResourceNotFoundException");
        }
    }

    private static AdminClient client(URI node, Optional<String> secret) {
        return new AdminClient(
                node, "us-east-1", secret.map(text -> AwsCredentialsIdentity.create(KEY, text)));
    }
}
