package io.headrace.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.store.object.StoreFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store makes of a server's refusals. */
@Timeout(60)
class S3StoreTest {
    private static final ByteBuffer CONTENT = ByteBuffer.wrap(new byte[] {1, 2, 3});

    @Test
    void aPassingRefusalIsTriedAgain() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            fake.refuse(409, "ConditionalRequestConflict");
            fake.refuse(503, "SlowDown");
            assertThat(store.createIfAbsent("a", CONTENT)).isTrue();
            assertThat(fake.requests()).isEqualTo(3);
            fake.refuse(500, "InternalError");
            assertThat(store.get("a")).contains(CONTENT);
            fake.refuse(502, "BadGateway");
            assertThat(store.list("")).containsExactly("a");
            fake.refuse(409, "OperationAborted");
            store.delete("a");
            assertThat(fake.names()).isEmpty();
        }
    }

    @Test
    void aCreateThatWasDoneAndRefusedIsTheCreators() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings());
                var other = TestStores.open(fake.settings())) {
            fake.refuseAfterwards(500, "InternalError");
            assertThat(store.createIfAbsent("a", CONTENT)).isTrue();
            // Something between us and the server may repeat a request too: we see the echo only.
            fake.refuseAfterwards(412, "PreconditionFailed");
            assertThat(store.createIfAbsent("b", CONTENT)).isTrue();
            fake.refuseAfterwards(500, "InternalError");
            assertThat(other.createIfAbsent("a", CONTENT)).isFalse();
        }
    }

    /** The same bytes prove nothing: both may have meant to write them. */
    @Test
    void whoLosesToTheSameBytesHasLost() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            assertThat(store.createIfAbsent("a", CONTENT)).isTrue();
            assertThat(store.createIfAbsent("a", CONTENT)).isFalse();
        }
    }

    @Test
    void aNameDeletedAfterTheRefusalIsTakenInTheNextTry() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            fake.refuse(412, "PreconditionFailed");
            assertThat(store.createIfAbsent("a", CONTENT)).isTrue();
            assertThat(fake.requests()).isEqualTo(3);
        }
    }

    @Test
    void whatStaysUnclearIsSaidToBeUnclear() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            int attempts = TestStores.FEW.attemptsMax();
            for (int i = 0; i < attempts; i++) {
                fake.refuse(503, "SlowDown");
            }
            assertThatThrownBy(() -> store.createIfAbsent("a/b", CONTENT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("outcome unknown")
                    .hasMessageContaining("p/a/b")
                    .rootCause()
                    .hasMessageContaining(fake.settings().endpoint().toString())
                    .hasMessageContaining("bucket bucket key p/a/b")
                    .hasMessageContaining("503 SlowDown");
            // Retry-After: 0 tempts OkHttp to send again by itself.
            assertThat(fake.requests()).isEqualTo(attempts);
            for (int i = 0; i < attempts; i++) {
                fake.refuse(500, "InternalError");
            }
            assertThatThrownBy(() -> store.get("a/b")).hasMessageContaining("gave up after");
            assertThat(fake.requests()).isEqualTo(2 * attempts);
        }
    }

    @ParameterizedTest
    @CsvSource({"507,XMinioStorageFull", "403,QuotaExceeded", "507,Whatever"})
    void aFullServerIsTold(int status, String code) throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            fake.refuse(status, code);
            assertThatThrownBy(() -> store.createIfAbsent("a", CONTENT))
                    .isInstanceOf(StoreFullException.class);
            assertThat(store.createIfAbsent("a", CONTENT)).isTrue();
        }
    }

    /** "Nothing was created" must not be said while an earlier attempt may still land. */
    @Test
    void fullAfterAnUnclearAttemptIsUnclear() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            fake.refuse(500, "InternalError");
            for (int i = 1; i < TestStores.FEW.attemptsMax(); i++) {
                fake.refuse(507, "XMinioStorageFull");
            }
            assertThatThrownBy(() -> store.createIfAbsent("a", CONTENT))
                    .isNotInstanceOf(StoreFullException.class)
                    .hasMessageContaining("outcome unknown");
        }
    }

    @Test
    void ofManyTheFullAndTheCreatedAreToldApart() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            var objects = Map.of("a", CONTENT, "b", CONTENT);
            fake.refuse(507, "XMinioStorageFull");
            assertThatThrownBy(() -> store.createAllIfAbsent(objects))
                    .isNotInstanceOf(StoreFullException.class);
            fake.refuse(507, "XMinioStorageFull");
            assertThatThrownBy(() -> store.createAllIfAbsent(Map.of("c", CONTENT)))
                    .isInstanceOf(StoreFullException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SignatureDoesNotMatch", "ExpiredToken", "InvalidAccessKeyId"})
    void wrongKeysAreTroubleUntilTheyAreTaken(String code) throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            fake.refuse(403, code);
            assertThatThrownBy(() -> store.createIfAbsent("a", CONTENT)).hasMessageContaining(code);
            assertThat(fake.requests()).isEqualTo(1);
            assertThat(store.trouble()).get().asString().contains(code);
            assertThat(store.createIfAbsent("a", CONTENT)).isTrue();
            assertThat(store.trouble()).isEmpty();
        }
    }

    @Test
    void aMissingBucketIsNoMissingObject() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            fake.refuse(404, "NoSuchBucket");
            assertThatThrownBy(() -> store.get("a"))
                    .isNotInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("NoSuchBucket");
            fake.refuse(404, "NoSuchBucket");
            assertThatThrownBy(() -> store.list("")).hasMessageContaining("NoSuchBucket");
            fake.refuse(404, "NoSuchBucket");
            fake.refuse(404, "NoSuchBucket");
            assertThatThrownBy(() -> store.size("a")).hasMessageContaining("NoSuchBucket");
        }
    }

    @Test
    void aServerWithoutRangesIsFoundOut() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.IGNORES_RANGES);
                var store = TestStores.open(fake.settings())) {
            store.createIfAbsent("a", CONTENT);
            assertThatThrownBy(() -> store.read("a", 0, 3)).hasMessageContaining("whole");
        }
    }

    @Test
    void anObjectHasItsBounds() throws IOException {
        try (var fake = new FakeS3(FakeS3.Fault.NONE);
                var store = TestStores.open(fake.settings())) {
            var half = ByteBuffer.allocate(S3Store.OBJECT_BYTES_MAX / 2 + 1);
            assertThatThrownBy(() -> store.createIfAbsent("a", half, half.duplicate()))
                    .isInstanceOf(IllegalArgumentException.class);
            var name = String.join("/", List.of("n".repeat(255), "n".repeat(255), "n".repeat(255)));
            assertThat(store.createIfAbsent(name, CONTENT)).isTrue();
            assertThatThrownBy(() -> store.createIfAbsent(name + "/" + "n".repeat(255), CONTENT))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
