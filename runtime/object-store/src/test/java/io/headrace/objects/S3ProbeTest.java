package io.headrace.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class S3ProbeTest {
    @RegisterExtension static final RunningS3Server S3 = new RunningS3Server();

    private final ArrayList<String> progress = new ArrayList<>();

    @Test
    void aRealServerPasses() throws IOException {
        var settings = S3.settings();
        var report = probe(settings);
        assertThat(report.races()).isPositive();
        assertThat(progress).first().asString().contains(settings.endpoint().toString());
        try (var store = TestStores.open(settings)) {
            assertThat(store.list("")).isEmpty();
        }
    }

    @Test
    void anHonestFakePasses() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE)) {
            probe(fake.settings());
            assertThat(fake.names()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "IGNORES_CONDITIONS     | If-None-Match: * is ignored",
                "LETS_TWO_WIN_SOMETIMES | of 8 who created a name at once",
                "KEEPS_THE_LOSERS_BYTES | does not keep what the first creator wrote",
                "LISTS_LATE             | a listing misses an object",
                "FORGETS_METADATA       | does not keep x-amz-meta-headrace-nonce",
                "REMEMBERS_THE_DELETED  | refuses to create a name that was deleted",
            })
    void aWrongServerIsRefusedByNameAndReason(FakeS3.Fault fault, String reason)
            throws IOException {
        try (var fake = new FakeS3(fault)) {
            var settings = fake.settings();
            assertThatThrownBy(() -> probe(settings))
                    .isInstanceOf(UnfitStoreException.class)
                    .hasMessageContaining(settings.endpoint() + " (bucket bucket)")
                    .hasMessageContaining("not fit for journals")
                    .hasMessageContaining(reason);
            assertThat(fake.names()).isEmpty();
        }
    }

    private StoreProbe.Report probe(S3Settings settings) throws IOException {
        return S3Probe.run(
                settings,
                RunningS3Server.credentials(),
                TestStores.CLOCK,
                TestStores.TICKER,
                new Random(7),
                Thread::sleep,
                progress::add);
    }
}
