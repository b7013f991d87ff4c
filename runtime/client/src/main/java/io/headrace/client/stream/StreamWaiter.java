package io.headrace.client.stream;

import io.headrace.client.CommandFailure;
import io.headrace.client.Pause;
import java.io.PrintWriter;
import java.time.Duration;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** Waits until a stream is as wished, and tells each state it sees on the way. */
public final class StreamWaiter {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(2);

    private final KinesisClient client;
    private final Pause pause;
    private final PrintWriter progress;
    private final Duration timeout;

    public StreamWaiter(KinesisClient client, Pause pause, PrintWriter progress, Duration timeout) {
        this.client = client;
        this.pause = pause;
        this.progress = progress;
        this.timeout = timeout;
    }

    /** Returns the stream once it is ACTIVE. */
    public StreamDescriptionSummary untilActive(String stream) throws InterruptedException {
        var steps = new Steps();
        while (true) {
            try {
                var summary = summary(stream);
                if (summary.streamStatus() == StreamStatus.ACTIVE) {
                    return summary;
                }
                steps.next(stream, summary.streamStatusAsString());
            } catch (LimitExceededException e) {
                // Asking too often is no reason to fail: the next question comes later anyway.
                steps.next(stream, "asked too often");
            }
        }
    }

    /** Returns once the stream does not exist any more. */
    public void untilGone(String stream) throws InterruptedException {
        var steps = new Steps();
        while (true) {
            try {
                steps.next(stream, summary(stream).streamStatusAsString());
            } catch (ResourceNotFoundException e) {
                return;
            } catch (LimitExceededException e) {
                steps.next(stream, "asked too often");
            }
        }
    }

    private StreamDescriptionSummary summary(String stream) {
        return client.describeStreamSummary(request -> request.streamName(stream))
                .streamDescriptionSummary();
    }

    /** Counts the time it let pass: no clock is needed, and a test's pauses are instant. */
    private final class Steps {
        private Duration step = FIRST_PAUSE;
        private Duration waited = Duration.ZERO;
        private String told = "";

        void next(String stream, String state) throws InterruptedException {
            if (waited.compareTo(timeout) >= 0) {
                throw CommandFailure.timedOut(
                        stream + " is still " + state + " after " + timeout.toSeconds() + " s");
            }
            if (!state.equals(told)) {
                progress.println(stream + " is " + state + " …");
                progress.flush();
                told = state;
            }
            pause.sleep(step);
            waited = waited.plus(step);
            step =
                    step.multipliedBy(2).compareTo(LAST_PAUSE) > 0
                            ? LAST_PAUSE
                            : step.multipliedBy(2);
        }
    }
}
