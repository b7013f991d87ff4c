package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Tools;
import io.headrace.acceptance.UnderTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * botocore, which boto3 and the AWS CLI are made of, and the AWS CLI itself: JSON over HTTP/1.1.
 */
@ExtendWith(UnderTest.class)
class PythonClientTest {
    @Test
    void everyOperation(URI endpoint) throws Exception {
        var sources = TestSources.directory("python");
        Assumptions.assumeTrue(
                Tools.have("python3")
                        && Tools.run(sources, List.of("python3", "-c", "import botocore")).status()
                                == 0,
                "skipped: no botocore on this machine");
        var outcome =
                Tools.run(sources, List.of("python3", "every_operation.py", endpoint.toString()));
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("39 operations");
    }

    @Test
    void theCommandLineOfAws(URI endpoint) throws Exception {
        Assumptions.assumeTrue(Tools.have("aws"), "skipped: no AWS CLI on this machine");
        aws(endpoint, "create-stream --stream-name cli --shard-count 1");
        aws(endpoint, "wait stream-exists --stream-name cli");
        var put = "put-record --stream-name cli --partition-key a --data aGVsbG8=";
        assertThat(aws(endpoint, put)).contains("SequenceNumber");
        assertThat(aws(endpoint, "list-streams")).contains("\"cli\"");
        var iterator =
                aws(
                        endpoint,
                        "get-shard-iterator --stream-name cli --shard-id shardId-000000000000"
                                + " --shard-iterator-type TRIM_HORIZON --output text");
        // Version 2 takes base64 and version 1 takes text, which it encodes once more.
        assertThat(aws(endpoint, "get-records --shard-iterator " + iterator.strip()))
                .containsAnyOf("\"aGVsbG8=\"", "\"YUdWc2JHOD0=\"");
        aws(endpoint, "delete-stream --stream-name cli");
    }

    private static String aws(URI endpoint, String words) throws Exception {
        var command = new ArrayList<>(List.of("aws", "kinesis"));
        command.addAll(List.of(words.split(" ")));
        var environment =
                Map.of(
                        "AWS_ENDPOINT_URL", endpoint.toString(),
                        "AWS_ACCESS_KEY_ID", "test",
                        "AWS_SECRET_ACCESS_KEY", "test",
                        "AWS_DEFAULT_REGION", "us-east-1",
                        "AWS_PAGER", "");
        var outcome = Tools.run(TestSources.directory("python"), command, environment);
        assertThat(outcome.status()).as(outcome.output()).isZero();
        return outcome.output();
    }
}
