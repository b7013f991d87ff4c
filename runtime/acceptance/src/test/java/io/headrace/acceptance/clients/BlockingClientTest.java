package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.UnderTest;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** The AWS SDK for Java v2, blocking: CBOR over HTTP/1.1. */
@ExtendWith(UnderTest.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BlockingClientTest extends EveryOperation {
    private final WireWatch watch = new WireWatch();
    private final KinesisClient client;

    BlockingClientTest(URI endpoint) {
        client = TestClients.blocking(endpoint, watch);
    }

    @BeforeAll
    void startClean() {
        Leftovers.delete(client, prefix());
    }

    /** All tests together: what they called, and that every answer fitted the model. */
    @AfterAll
    void everyAnswerFitsTheModel() {
        client.close();
        assertThat(watch.problems()).isEmpty();
        assertThat(watch.contentTypes()).containsExactly("application/x-amz-cbor-1.1");
        assertThat(watch.operations()).hasSize(Leftovers.OPERATIONS - 1);
    }

    @Override
    KinesisClient client() {
        return client;
    }

    @Override
    String prefix() {
        return "blocking";
    }
}
