package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Policy;
import io.headrace.store.stream.StreamFixture;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessControlTest {
    private static final String ARN = ControlPlane.STREAM_ARN + "a";
    private static final Caller ROOT = Caller.root(StreamFixture.ACCOUNT);

    private final ControlPlane plane = ControlPlane.create();

    @BeforeEach
    void createStream() {
        plane.call("CreateStream", "{'StreamName':'a','ShardCount':2}");
    }

    @Test
    void aDeniedCallerLearnsNothingOfWhatExists() {
        plane.as(user(StreamFixture.ACCOUNT, "kinesis:ListStreams", "*"));
        for (var name : List.of("a", "x")) {
            assertThat(plane.refusal("DescribeStream", "{'StreamName':'" + name + "'}"))
                    .startsWith(
                            "AccessDeniedException: User:"
                                    + " arn:aws:iam::000000000000:user/someone is not authorized to"
                                    + " perform: kinesis:DescribeStream on resource: "
                                    + ControlPlane.STREAM_ARN
                                    + name);
        }
        assertThat(plane.call("ListStreams", "{}").get("StreamNames")).hasSize(1);
    }

    @Test
    void aPolicyForOneStreamIsForThatOnly() {
        plane.call("CreateStream", "{'StreamName':'b','ShardCount':1}");
        plane.as(user(StreamFixture.ACCOUNT, "kinesis:*", ARN));
        plane.call("DescribeStream", "{'StreamARN':'" + ARN + "'}");
        plane.call("TagResource", "{'ResourceARN':'" + ARN + "','Tags':{'a':'b'}}");
        assertThat(plane.refusal("DescribeStream", "{'StreamName':'b'}"))
                .startsWith("AccessDeniedException");
        assertThat(plane.refusal("ListStreams", "{}")).startsWith("AccessDeniedException");
    }

    @Test
    void aNextTokenStandsForItsStream() {
        var token =
                plane.call("ListShards", "{'StreamName':'a','MaxResults':1}")
                        .get("NextToken")
                        .asText();
        plane.as(user(StreamFixture.ACCOUNT, "kinesis:ListShards", ControlPlane.STREAM_ARN + "b"));
        assertThat(plane.refusal("ListShards", "{'NextToken':'" + token + "'}"))
                .startsWith("AccessDeniedException");
        plane.as(user(StreamFixture.ACCOUNT, "kinesis:ListShards", ARN));
        assertThat(plane.call("ListShards", "{'NextToken':'" + token + "'}").get("Shards"))
                .hasSize(1);
    }

    @Test
    void anotherAccountNeedsTheResourcePolicyToo() {
        var stranger = user("111111111111", "kinesis:*", "*");
        var describe = "{'StreamARN':'" + ARN + "'}";
        assertThat(plane.as(stranger).refusal("DescribeStreamSummary", describe))
                .startsWith("AccessDeniedException");
        var policy =
                "{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[{\\'Effect\\':\\'Allow\\',"
                        + "\\'Principal\\':{\\'AWS\\':\\'111111111111\\'},"
                        + "\\'Action\\':\\'kinesis:DescribeStreamSummary\\',"
                        + "\\'Resource\\':\\'"
                        + ARN
                        + "\\'}]}";
        plane.as(ROOT)
                .call(
                        "PutResourcePolicy",
                        "{'ResourceARN':'" + ARN + "','Policy':'" + policy + "'}");
        assertThat(
                        plane.as(stranger)
                                .call("DescribeStreamSummary", describe)
                                .at("/StreamDescriptionSummary/StreamName")
                                .asText())
                .isEqualTo("a");
        assertThat(plane.refusal("DescribeStream", describe)).startsWith("AccessDeniedException");
        // By name it is the stranger's own stream, which does not exist.
        assertThat(plane.refusal("DescribeStreamSummary", "{'StreamName':'a'}"))
                .isEqualTo(
                        "ResourceNotFoundException: Stream a under account 111111111111 not"
                                + " found.");
    }

    private static Caller user(String account, String action, String resource) {
        return new Caller(
                account,
                "arn:aws:iam::" + account + ":user/someone",
                List.of(
                        Policy.parseIdentity(
                                """
                                {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
                                "Action":"%s","Resource":"%s"}]}\
                                """
                                        .formatted(action, resource))));
    }
}
