package io.headrace.objects;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An access key and its secret, which no message ever shows. */
public final class S3Credentials {
    private static final String ACCESS_KEY = "AWS_ACCESS_KEY_ID";
    private static final String SECRET_KEY = "AWS_SECRET_ACCESS_KEY";
    private static final String SESSION_TOKEN = "AWS_SESSION_TOKEN";

    private final String accessKey;
    private final String secretKey;
    private final Optional<String> sessionToken;

    public S3Credentials(String accessKey, String secretKey, Optional<String> sessionToken) {
        if (accessKey.isBlank() || secretKey.isBlank()) {
            throw new IllegalArgumentException(
                    "access to an object store needs " + ACCESS_KEY + " and " + SECRET_KEY);
        }
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.sessionToken = sessionToken.filter(token -> !token.isBlank());
    }

    /** Of {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}, {@code AWS_SESSION_TOKEN}. */
    public static S3Credentials ofEnvironment(Map<String, String> environment) {
        return new S3Credentials(
                environment.getOrDefault(ACCESS_KEY, ""),
                environment.getOrDefault(SECRET_KEY, ""),
                Optional.ofNullable(environment.get(SESSION_TOKEN)));
    }

    /**
     * Of a file with a {@code name=value} a line: the names of the environment, or in lower case as
     * in the AWS tools' credentials file, of which it may have one section.
     *
     * @throws IOException if it can't be read or is not such a file
     */
    public static S3Credentials ofFile(Path file) throws IOException {
        var values = new HashMap<String, String>();
        int sections = 0;
        try {
            for (var line : Files.readAllLines(file)) {
                var text = line.strip();
                int equals = text.indexOf('=');
                if (text.startsWith("[")) {
                    sections++;
                } else if (equals > 0) {
                    var name = text.substring(0, equals).strip().toUpperCase(Locale.ROOT);
                    values.put(name, text.substring(equals + 1).strip());
                } else if (!text.isEmpty() && !text.startsWith("#")) {
                    throw new IOException(file + " has a line that is not name=value");
                }
            }
            if (sections > 1) {
                throw new IOException(file + " has more than one section: which is meant?");
            }
            return ofEnvironment(values);
        } catch (IllegalArgumentException | MalformedInputException e) {
            throw new IOException(file + " does not hold the keys to an object store", e);
        }
    }

    String accessKey() {
        return accessKey;
    }

    String secretKey() {
        return secretKey;
    }

    Optional<String> sessionToken() {
        return sessionToken;
    }

    @Override
    public String toString() {
        return "access key " + accessKey;
    }
}
