package io.headrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.CreateStreamRequest;
import software.amazon.awssdk.services.kinesis.model.CreateStreamResponse;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryResponse;
import software.amazon.awssdk.services.kinesis.model.ListStreamsRequest;
import software.amazon.awssdk.services.kinesis.model.ListStreamsResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;

/** What a person or a script gets to see: output, messages and exit statuses. */
class CommandLineTest {
    /** Knows just enough for the commands below, and a stream's states in the order they pass. */
    private static final class Endpoint implements KinesisClient {
        final Deque<String> states = new ArrayDeque<>(List.of("CREATING", "CREATING", "ACTIVE"));
        final Deque<ListStreamsResponse> pages = new ArrayDeque<>();
        Supplier<CreateStreamResponse> create = () -> CreateStreamResponse.builder().build();

        @Override
        public CreateStreamResponse createStream(CreateStreamRequest request) {
            return create.get();
        }

        @Override
        public DescribeStreamSummaryResponse describeStreamSummary(DescribeStreamSummaryRequest r) {
            var state = states.size() > 1 ? states.removeFirst() : states.getFirst();
            return DescribeStreamSummaryResponse.builder()
                    .streamDescriptionSummary(s -> s.streamName(r.streamName()).streamStatus(state))
                    .build();
        }

        @Override
        public ListStreamsResponse listStreams(ListStreamsRequest request) {
            return pages.removeFirst();
        }

        @Override
        public String serviceName() {
            return "kinesis";
        }

        @Override
        public void close() {}
    }

    private final Endpoint endpoint = new Endpoint();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        var line =
                Main.commandLine(
                        new Connector() {
                            @Override
                            public KinesisClient blocking(EndpointOptions options) {
                                return endpoint;
                            }

                            @Override
                            public KinesisAsyncClient pushed(EndpointOptions options) {
                                throw new AssertionError("nothing is pushed here");
                            }
                        });
        return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    @Test
    void creatingWaitsAndTellsEachStateOnce() {
        assertThat(run("stream", "create", "orders")).isZero();
        assertThat(out.toString()).isEqualTo("Created stream orders.\n");
        assertThat(err.toString()).isEqualTo("orders is CREATING …\n");
    }

    @Test
    void aStreamThatNeverSettlesTimesOut() {
        endpoint.states.removeLast();
        assertThat(run("stream", "create", "orders", "--timeout", "0"))
                .isEqualTo(Failures.TIMED_OUT);
        assertThat(err.toString()).contains("orders is still CREATING after 0 s");
    }

    @Test
    void aRefusalIsOneLine() {
        endpoint.create =
                () -> {
                    throw ResourceInUseException.builder()
                            .awsErrorDetails(
                                    AwsErrorDetails.builder()
                                            .errorCode("ResourceInUseException")
                                            .errorMessage("it exists")
                                            .build())
                            .build();
                };
        assertThat(run("stream", "create", "orders")).isEqualTo(Failures.REFUSED);
        assertThat(err.toString())
                .isEqualTo("headrace stream create: ResourceInUseException: it exists\n");
        assertThat(run("stream", "create", "orders", "--if-not-exists")).isZero();
    }

    @Test
    void anEndpointThatIsNotThere() {
        endpoint.create =
                () -> {
                    throw SdkClientException.create("no route", new RuntimeException("why"));
                };
        assertThat(run("stream", "create", "orders")).isEqualTo(Failures.UNREACHABLE);
        assertThat(err.toString()).contains("no route").contains("why");
    }

    @Test
    void listingGoesThroughAllPages() {
        endpoint.pages.add(page(true, "a", "b"));
        endpoint.pages.add(page(false, "c"));
        assertThat(run("stream", "list")).isZero();
        assertThat(out.toString()).isEqualTo("a\nb\nc\n");
    }

    private static ListStreamsResponse page(boolean more, String... names) {
        return ListStreamsResponse.builder()
                .streamNames(Arrays.asList(names))
                .hasMoreStreams(more)
                .build();
    }

    @Test
    void wrongUseIsStatusTwo() {
        assertThat(run("stream", "create")).isEqualTo(Failures.USAGE);
        assertThat(run("tail", "s", "--from", "yesterday")).isEqualTo(Failures.USAGE);
        assertThat(run("put", "s", "--batch", "501")).isEqualTo(Failures.USAGE);
        assertThat(run("put", "s", "--key", "a", "--key-pointer", "/b")).isEqualTo(Failures.USAGE);
        assertThat(run("bench", "put", "--endpoint", "https://x")).isEqualTo(Failures.USAGE);
    }

    @Test
    void everyCommandHasHelp() {
        assertThat(run("--help")).isZero();
        for (var command : List.of("stream", "put", "tail", "bench", "demo")) {
            assertThat(out.toString()).contains(command);
            assertThat(run(command, "--help")).isZero();
        }
    }
}
