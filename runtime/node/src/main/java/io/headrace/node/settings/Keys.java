package io.headrace.node.settings;

import io.headrace.node.settings.Settings.Limits;
import io.headrace.node.settings.Settings.LogFormat;
import io.headrace.node.settings.Settings.LogLevel;
import io.headrace.router.auth.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The one list of what can be set. A new setting is a line here and a component of a record. */
public final class Keys {
    static final Key<String> HOST =
            key("host", "ADDRESS", "127.0.0.1", Parsers::text, "Address to listen on.");
    static final Key<Integer> PORT =
            key(
                    "port",
                    "N",
                    "4566",
                    Parsers::port,
                    "Plain port, HTTP/1.1 and HTTP/2 without TLS; 0 for any free one.");
    static final Key<Integer> TLS_PORT =
            key(
                    "tls-port",
                    "N",
                    null,
                    Parsers::port,
                    "TLS port, HTTP/1.1 and HTTP/2; needs tls-cert and tls-key.");
    static final Key<Path> TLS_CERT =
            key(
                    "tls-cert",
                    "FILE",
                    null,
                    Parsers::readableFile,
                    "Certificate chain of the TLS port, PEM.");
    static final Key<Path> TLS_KEY =
            key(
                    "tls-key",
                    "FILE",
                    null,
                    Parsers::readableFile,
                    "Private key of the TLS port, PEM (PKCS #8).");
    static final Key<Boolean> INSECURE_BIND =
            key(
                    "insecure-bind",
                    "true|false",
                    "false",
                    Parsers::flag,
                    "Listen beyond loopback although no credentials are configured: whoever reaches"
                            + " the port may do everything.");
    static final Key<Path> DATA =
            key(
                    "data",
                    "DIR",
                    "data",
                    Parsers::path,
                    "Directory of everything that is kept; made if absent, one node at a time.");
    static final Key<String> ACCOUNT =
            key(
                    "account",
                    "ID",
                    "000000000000",
                    Parsers::account,
                    "Account id, twelve digits, of callers without an identity of their own.");
    static final Key<String> REGION =
            key(
                    "region",
                    "NAME",
                    "us-east-1",
                    Parsers::region,
                    "Region in ARNs and in the scope of signatures.");
    static final Key<Limits> LIMITS =
            key(
                    "limits",
                    "aws|none",
                    "none",
                    Parsers.choice(Limits.class),
                    "Whose quotas hold: those AWS documents, or only what bounds memory.");
    static final Key<Duration> TRANSITION =
            key(
                    "transition",
                    "TIME",
                    "0s",
                    Parsers::duration,
                    "How long a stream stays CREATING, UPDATING or DELETING.");
    static final Key<LogFormat> LOG_FORMAT =
            key(
                    "log.format",
                    "auto|text|json",
                    "auto",
                    Parsers.choice(LogFormat.class),
                    "How log lines look; auto is text on a terminal and JSON otherwise.");
    static final Key<LogLevel> LOG_LEVEL =
            key(
                    "log.level",
                    "error|warn|info|debug|trace",
                    "info",
                    Parsers.choice(LogLevel.class),
                    "The least of what is logged.");
    static final Key<Duration> SLOW_REQUEST =
            key(
                    "log.slow-request",
                    "TIME",
                    "1s",
                    Parsers::duration,
                    "Requests that took longer are logged; 0s for none.");
    static final Key<Path> AUDIT =
            key(
                    "log.audit",
                    "FILE",
                    null,
                    Parsers::path,
                    "File of JSON lines that gets every control-plane call: who, what, when, from"
                            + " where, with what outcome. Without it they go to the log.");
    static final Key<String> TRACING_ENDPOINT =
            key(
                    "tracing.endpoint",
                    "URL",
                    null,
                    Parsers::httpUrl,
                    "OTLP/HTTP address of an OpenTelemetry collector, for example"
                            + " http://127.0.0.1:4318/v1/traces; without it nothing is traced.");
    static final Key<Double> TRACING_SAMPLE =
            key(
                    "tracing.sample",
                    "SHARE",
                    "1",
                    Parsers::share,
                    "Share of the requests traced whose caller did not decide it, 0 to 1.");
    static final Key<Duration> DRAIN =
            key(
                    "drain",
                    "TIME",
                    "10s",
                    Parsers::duration,
                    "How long requests in flight may take after SIGTERM before they are cut off.");
    static final Key<String> ACCESS_KEY_ID =
            key(
                    "access-key-id",
                    "ID",
                    null,
                    Parsers::accessKeyId,
                    "Access key of the account's root, a short form of one entry of identities.");
    static final Key<Secret> SECRET_ACCESS_KEY =
            new Key<>(
                    "secret-access-key",
                    "SECRET",
                    null,
                    Parsers::secret,
                    true,
                    "Secret of access-key-id; in the file or the environment only.");

    private static final List<Key<?>> OF_EVERY_NODE =
            List.of(
                    HOST,
                    PORT,
                    TLS_PORT,
                    TLS_CERT,
                    TLS_KEY,
                    INSECURE_BIND,
                    DATA,
                    ACCOUNT,
                    REGION,
                    LIMITS,
                    TRANSITION,
                    LOG_FORMAT,
                    LOG_LEVEL,
                    SLOW_REQUEST,
                    AUDIT,
                    TRACING_ENDPOINT,
                    TRACING_SAMPLE,
                    DRAIN,
                    ACCESS_KEY_ID,
                    SECRET_ACCESS_KEY);

    private static final List<Key<?>> ALL =
            Stream.of(OF_EVERY_NODE, StoreKeys.ALL, ClusterKeys.ALL)
                    .<Key<?>>flatMap(List::stream)
                    .toList();

    private Keys() {}

    /** Those that say where a store is that nodes share. */
    public static List<Key<?>> ofStore() {
        return StoreKeys.ALL;
    }

    public static List<Key<?>> all() {
        return ALL;
    }

    /** The key of this name, which must be one of them. */
    public static Key<?> byName(String name) {
        return ALL.stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    private static <T> Key<T> key(
            String name,
            String placeholder,
            @Nullable String fallback,
            Key.Parser<T> parser,
            String doc) {
        return new Key<>(name, placeholder, fallback, parser, false, doc);
    }
}
