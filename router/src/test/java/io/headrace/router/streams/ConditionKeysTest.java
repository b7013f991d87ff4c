package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Origin;
import io.headrace.router.auth.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys that policies may ask for are known wherever access is decided. */
class ConditionKeysTest {
    private static final String STREAM = DataPlane.ARN + "a";
    private static final Origin HOME = new Origin("192.0.2.7", true, "agent/1", "https://home/");
    private static final Origin AWAY = new Origin("2001:db8::1", false, null, null);
    private static final String ANYTHING = "{'Effect':'Allow','Action':'*','Resource':'*'}";

    private final DataPlane plane = DataPlane.create().stream("a", 2);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'IpAddress':{'aws:SourceIp':['198.51.100.0/24','2001:db8::/32']}",
                "'NotIpAddress':{'aws:SourceIp':'192.0.2.0/24'}",
                "'Bool':{'aws:SecureTransport':'false'}",
                "'Null':{'aws:UserAgent':'true'}",
                "'StringNotLike':{'aws:UserAgent':'agent/*'}",
                "'StringNotEquals':{'aws:Referer':'https://home/'}"
            })
    void aDenialByOriginFiresOnEveryOperation(String condition) {
        var consumer = plane.consumer("a", "c");
        var iterator = plane.iterator("a", 0, "'LATEST'");
        var denied =
                "{'Effect':'Deny','Action':'*','Resource':'*','Condition':{" + condition + "}}";
        plane.as(user(ANYTHING, denied)).from(AWAY);
        for (var requests :
                List.of(
                        EveryRequest.byName("a", STREAM),
                        EveryRequest.byArn(STREAM, consumer, iterator),
                        EveryRequest.ofConsumerAsResource(consumer),
                        EveryRequest.ofNewStream("new"),
                        EveryRequest.ofAccount())) {
            requests.forEach((operation, body) ->
                    assertThat(plane.outcome(operation, body))
                            .as(operation)
                            .startsWith("AccessDeniedException")
                            .endsWith("with an explicit deny in an identity-based policy"));
        }
        plane.from(HOME);
        assertThat(plane.outcome("DescribeStream", "{'StreamName':'a'}")).isEqualTo("answered");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    answered | 'StringEquals':{'aws:RequestedRegion':'us-east-1'}
                    denied   | 'StringEquals':{'aws:RequestedRegion':'eu-west-1'}
                    answered | 'Bool':{'aws:ViaAWSService':'false'}
                    denied   | 'Bool':{'aws:ViaAWSService':'true'}
                    answered | 'Bool':{'aws:PrincipalIsAWSService':'false'}
                    denied   | 'ArnLike':{'aws:SourceArn':'*'}
                    answered | 'ArnLikeIfExists':{'aws:SourceArn':'arn:aws:sns:*'}
                    denied   | 'StringEquals':{'aws:SourceAccount':'000000000000'}
                    answered | 'StringEquals':{'aws:PrincipalAccount':'000000000000'}
                    answered | 'StringEquals':{'aws:PrincipalType':'User'}
                    answered | 'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::*:user/some*'}
                    answered | 'StringEquals':{'aws:username':'someone'}
                    answered | 'StringEquals':{'aws:ResourceAccount':'000000000000'}
                    answered | 'StringEquals':{'aws:ResourceTag/owner':'${aws:username}'}
                    answered | 'StringEquals':{'AWS:resourcetag/OWNER':'someone'}
                    denied   | 'StringEquals':{'aws:ResourceTag/owner':'else'}
                    denied   | 'StringEquals':{'aws:ResourceTag/absent':'x'}
                    answered | 'StringEqualsIfExists':{'aws:ResourceTag/absent':'x'}
                    answered | 'Null':{'aws:ResourceTag/absent':'true'}
                    answered | 'DateGreaterThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}
                    denied   | 'DateLessThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'}
                    answered | 'NumericGreaterThan':{'aws:EpochTime':'1600000000'}
                    denied   | 'Null':{'aws:TagKeys':'false'}
                    answered | 'IpAddress':{'aws:SourceIp':'192.0.2.7'}
                    denied   | 'IpAddress':{'aws:SourceIp':'192.0.2.8/31'}
                    answered | 'Bool':{'aws:SecureTransport':'true'}
                    denied   | 'StringEquals':{'aws:PrincipalTag/team':'a'}
                    """)
    void anAllowanceTakesItsKeys(String expected, String condition) {
        plane.call("AddTagsToStream", "{'StreamName':'a','Tags':{'owner':'someone'}}");
        plane.from(HOME).as(user(allow("*", condition)));
        for (var operation : List.of("DescribeStreamSummary", "PutRecord")) {
            var body = Objects.requireNonNull(EveryRequest.byName("a", STREAM).get(operation));
            var outcome = plane.outcome(operation, body);
            assertThat(outcome.equals("answered") ? outcome : "denied").isEqualTo(expected);
        }
    }

    @Test
    void aResourcePolicyAsksForTheSameKeys() {
        var stranger =
                new Caller(
                        "111111111111",
                        "arn:aws:iam::111111111111:user/someone",
                        List.of(Policy.parseIdentity(document(ANYTHING))));
        var statement =
                "{'Effect':'Allow','Principal':{'AWS':'111111111111'},'Action':'kinesis:*',"
                        + "'Resource':'*','Condition':{'IpAddress':{'aws:SourceIp':'192.0.2.0/24'},"
                        + "'Bool':{'aws:SecureTransport':'true'}}}";
        var policy = document(statement).replace("\"", "\\\"");
        plane.call(
                "PutResourcePolicy",
                "{'ResourceARN':'%s','Policy':'%s'}".formatted(STREAM, policy));
        var put = "{'StreamARN':'" + STREAM + "','PartitionKey':'k','Data':''}";
        assertThat(plane.as(stranger).from(HOME).outcome("PutRecord", put)).isEqualTo("answered");
        assertThat(plane.from(AWAY).outcome("PutRecord", put)).startsWith("AccessDenied");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    CreateStream           | 'StreamName':'n','ShardCount':1
                    AddTagsToStream        | 'StreamName':'a'
                    TagResource            | 'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/a'
                    RegisterStreamConsumer | 'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/a','ConsumerName':'n'
                    """)
    void tagsOfTheRequestAreKnown(String operation, String members) {
        var right =
                allow(
                        "*",
                        "'StringEquals':{'aws:RequestTag/team':'a'},"
                                + "'ForAllValues:StringEquals':{'aws:TagKeys':['team','env']}");
        plane.as(user(right));
        var body = "{" + members + ",'Tags':{%s}}";
        for (var wrong :
                List.of(
                        "'team':'b'",
                        "'env':'a'",
                        "'team':'a','more':'x'",
                        "'team':'a','Team':'b'")) {
            assertThat(plane.outcome(operation, body.formatted(wrong)))
                    .as(wrong)
                    .startsWith("AccessDeniedException");
        }
        assertThat(plane.outcome(operation, body.formatted("'team':'a','env':'x'")))
                .isEqualTo("answered");
    }

    @Test
    void keysOfTagsToBeTakenAreKnown() {
        plane.as(
                user(
                        ANYTHING,
                        "{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
                                + "{'ForAnyValue:StringEquals':{'aws:TagKeys':'keep'}}}"));
        var remove = "{'StreamName':'a','TagKeys':['k','%s']}";
        assertThat(plane.outcome("RemoveTagsFromStream", remove.formatted("keep")))
                .startsWith("AccessDeniedException");
        assertThat(plane.outcome("RemoveTagsFromStream", remove.formatted("l")))
                .isEqualTo("answered");
        var untag = "{'ResourceARN':'" + STREAM + "','TagKeys':['keep']}";
        assertThat(plane.outcome("UntagResource", untag)).startsWith("AccessDeniedException");
    }

    @Test
    void tagsOnCreationNeedTheRightToTag() {
        plane.as(user(allow("kinesis:CreateStream", "")));
        var create = "{'StreamName':'%s','ShardCount':1%s}";
        assertThat(plane.outcome("CreateStream", create.formatted("b", ""))).isEqualTo("answered");
        assertThat(plane.outcome("CreateStream", create.formatted("d", ",'Tags':{'k':'v'}")))
                .contains("not authorized to perform: kinesis:AddTagsToStream on resource: ");
        plane.as(user(allow("kinesis:RegisterStreamConsumer", "")));
        var register = "{'StreamARN':'" + STREAM + "','ConsumerName':'%s'%s}";
        assertThat(plane.outcome("RegisterStreamConsumer", register.formatted("b", "")))
                .isEqualTo("answered");
        assertThat(
                        plane.outcome(
                                "RegisterStreamConsumer",
                                register.formatted("d", ",'Tags':{'k':'v'}")))
                .contains("kinesis:TagResource on resource: " + STREAM + "/consumer/d ");
    }

    @Test
    void aConsumersTagsAreItsOwn() {
        plane.call(
                "RegisterStreamConsumer",
                "{'StreamARN':'" + STREAM + "','ConsumerName':'c','Tags':{'team':'a'}}");
        plane.as(user(allow("*", "'StringEquals':{'aws:ResourceTag/team':'a'}")));
        var named = "{'StreamARN':'" + STREAM + "','ConsumerName':'c'}";
        assertThat(plane.outcome("DescribeStreamConsumer", named)).isEqualTo("answered");
        assertThat(plane.outcome("DescribeStreamSummary", "{'StreamName':'a'}"))
                .startsWith("AccessDeniedException");
    }

    @Test
    void aSubscriptionEndsWhenItsConditionHoldsNoMore() {
        var consumer = plane.consumer("a", "c");
        var end = plane.clock.instant().plusSeconds(60);
        plane.as(user(allow("*", "'DateLessThan':{'aws:CurrentTime':'" + end + "'}")));
        var sink = plane.subscribe(consumer, "0", "{'Type':'LATEST'}");
        plane.timers.advance(Duration.ofSeconds(59), sink::run);
        assertThat(sink.isOver()).isFalse();
        plane.timers.advance(Duration.ofSeconds(6), sink::run);
        assertThat(Objects.requireNonNull(sink.refused).type()).isEqualTo("AccessDeniedException");
    }

    private static String allow(String action, String condition) {
        return "{'Effect':'Allow','Action':'%s','Resource':'*','Condition':{%s}}"
                .formatted(action, condition);
    }

    private static Caller user(String... statements) {
        var policies = new ArrayList<Policy>();
        Stream.of(statements)
                .map(ConditionKeysTest::document)
                .map(Policy::parseIdentity)
                .forEach(policies::add);
        return new Caller(
                DataPlane.ACCOUNT, "arn:aws:iam::" + DataPlane.ACCOUNT + ":user/someone", policies);
    }

    private static String document(String statement) {
        return "{'Version':'2012-10-17','Statement':[%s]}".formatted(statement).replace('\'', '"');
    }
}
