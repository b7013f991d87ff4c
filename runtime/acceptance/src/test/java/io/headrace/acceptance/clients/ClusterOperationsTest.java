package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Distribution;
import io.headrace.acceptance.LocalCluster;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** Every operation of a client whose requests go to three nodes of a cluster in turns. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterOperationsTest extends EveryOperation {
    private final WireWatch watch = new WireWatch();
    private final LocalCluster cluster;
    private final KinesisClient client;

    ClusterOperationsTest(@TempDir Path work) {
        Distribution.assumeBuilt();
        cluster = LocalCluster.start(work, 3);
        client = TestClients.blocking(cluster.endpoint(0), watch, cluster.inTurns());
    }

    @BeforeAll
    static void needsNodes() {
        Distribution.assumeBuilt();
    }

    @AfterAll
    void everyAnswerFitsTheModel() {
        client.close();
        cluster.close();
        assertThat(watch.problems()).isEmpty();
        assertThat(watch.operations()).hasSize(Leftovers.OPERATIONS - 1);
    }

    @Override
    KinesisClient client() {
        return client;
    }

    @Override
    String prefix() {
        return "in-turns";
    }
}
