package io.headrace.node.settings;

import io.headrace.router.auth.Identity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything that can be set, as read; parts of the node get the sub-record they need. */
public record Settings(
        Listen listen,
        Path data,
        Aws aws,
        Log log,
        Tracing tracing,
        Duration drain,
        List<Identity> identities) {
    public Settings {
        identities = List.copyOf(identities);
    }

    /**
     * Where the node listens.
     *
     * @param port 0 for one the system picks
     * @param insecureBind true to listen beyond loopback although nobody has to sign
     */
    public record Listen(String host, int port, Optional<Tls> tls, boolean insecureBind) {}

    /** The TLS port; certificate chain and key are PEM files. */
    public record Tls(int port, Path certificate, Path key) {}

    /** How the node looks to AWS clients. */
    public record Aws(String account, String region, Limits limits, Duration transition) {}

    /** Whose quotas hold. */
    public enum Limits {
        /** The quotas AWS documents, with its errors. */
        AWS,
        /** Only what bounds memory. */
        NONE
    }

    public record Log(
            LogFormat format, LogLevel level, Duration slowRequest, Optional<Path> audit) {}

    public enum LogFormat {
        /** Text on a terminal, JSON lines otherwise. */
        AUTO,
        TEXT,
        JSON
    }

    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /**
     * Traces over OTLP/HTTP.
     *
     * @param endpoint of the collector; empty: no tracing, and none of its code is loaded
     * @param sample share of new traces kept, 0 to 1
     */
    public record Tracing(Optional<String> endpoint, double sample) {}
}
