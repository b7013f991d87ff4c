package io.headrace.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3SettingsTest {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:9000");

    @Test
    void aLocationIsBucketAndPrefix() {
        var plain = S3Settings.of(ENDPOINT, "s3://bucket", "here");
        assertThat(plain.bucket()).isEqualTo("bucket");
        assertThat(plain.prefix()).isEmpty();
        assertThat(plain.region()).isEqualTo("here");
        var deep = S3Settings.of(ENDPOINT, "s3://my.bucket/a/b", "here");
        assertThat(deep.bucket()).isEqualTo("my.bucket");
        assertThat(deep.prefix()).isEqualTo("a/b/");
        assertThat(S3Settings.of(ENDPOINT, "s3://bucket/a/", "here").prefix()).isEqualTo("a/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bucket",
                "s3:/bucket",
                "s3://",
                "s3://B",
                "s3://bucket//",
                "s3://bucket/.a"
            })
    void otherLocationsAreRefused(String location) {
        assertThatThrownBy(() -> S3Settings.of(ENDPOINT, location, "here"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host",
                "host:9000",
                "http://user:password@host",
                "http://host/path",
                "http://host/?a=password",
                "http:///x"
            })
    void otherEndpointsAreRefusedUnseen(String endpoint) {
        assertThatThrownBy(() -> S3Settings.of(URI.create(endpoint), "s3://bucket", "here"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("password");
    }

    @Test
    void keysComeFromTheEnvironment() {
        var keys =
                S3Credentials.ofEnvironment(
                        Map.of(
                                "AWS_ACCESS_KEY_ID", "id",
                                "AWS_SECRET_ACCESS_KEY", "secret",
                                "AWS_SESSION_TOKEN", "token"));
        assertThat(keys.accessKey()).isEqualTo("id");
        assertThat(keys.secretKey()).isEqualTo("secret");
        assertThat(keys.sessionToken()).contains("token");
        assertThat(keys.toString()).isEqualTo("access key id");
        assertThatThrownBy(() -> S3Credentials.ofEnvironment(Map.of("AWS_ACCESS_KEY_ID", "id")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AWS_SECRET_ACCESS_KEY");
    }

    @Test
    void keysComeFromAFile(@TempDir Path folder) throws IOException {
        var file = folder.resolve("keys");
        Files.writeString(file, "# ours\nAWS_ACCESS_KEY_ID=id\nAWS_SECRET_ACCESS_KEY=a=b\n");
        assertThat(S3Credentials.ofFile(file).secretKey()).isEqualTo("a=b");
        assertThat(S3Credentials.ofFile(file).sessionToken()).isEqualTo(Optional.empty());
        Files.writeString(
                file, "[default]\naws_access_key_id = id\naws_secret_access_key = secret\n");
        assertThat(S3Credentials.ofFile(file).secretKey()).isEqualTo("secret");
        Files.writeString(file, "[a]\naws_access_key_id = id\n[b]\naws_access_key_id = x\n");
        assertThatThrownBy(() -> S3Credentials.ofFile(file)).hasMessageContaining("section");
        Files.writeString(file, "AWS_ACCESS_KEY_ID=id\nthe-secret-alone\n");
        assertThatThrownBy(() -> S3Credentials.ofFile(file))
                .hasMessageContaining("name=value")
                .hasMessageNotContaining("the-secret-alone");
        Files.writeString(file, "AWS_ACCESS_KEY_ID=id\n");
        assertThatThrownBy(() -> S3Credentials.ofFile(file)).isInstanceOf(IOException.class);
    }
}
