package io.headrace.client.stream;

import picocli.CommandLine.Option;

/** Whether a command waits for the stream to settle, and how long at most. */
final class WaitOptions {
    @Option(names = "--no-wait", description = "Return as soon as the change is accepted.")
    boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long to wait for the change (default: ${DEFAULT-VALUE}).")
    int timeoutSeconds;
}
