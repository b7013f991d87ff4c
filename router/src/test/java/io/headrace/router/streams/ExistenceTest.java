package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nobody learns from a denial what there is: of no operation, however the resource is named. */
class ExistenceTest {
    private static final String STREAM = DataPlane.ARN + "a";
    private static final String STRANGER = "111111111111";
    private static final String ANYTHING = "{'Effect':'Allow','Action':'*','Resource':'*'}";
    private static final String NOT_TEAM_A =
            "{'Effect':'Deny','Action':'*','Resource':'*',"
                    + "'Condition':{'StringEquals':{'aws:ResourceTag/team':'a'}}}";

    private final DataPlane full = DataPlane.create().stream("a", 2);
    private final DataPlane withoutConsumer = DataPlane.create().stream("a", 2);
    private final DataPlane empty = DataPlane.create();
    private final String iterator = full.iterator("a", 0, "'LATEST'");
    private final String consumer = full.consumer("a", "c");

    @ParameterizedTest(name = "{0}")
    @MethodSource("callers")
    void aDenialReadsTheSameWhetherOrNotThereIsSuchAThing(
            String name, Caller caller, String resourcePolicy) {
        for (var arn : List.of(STREAM, consumer)) {
            full.call("TagResource", "{'ResourceARN':'" + arn + "','Tags':{'team':'a'}}");
            if (!resourcePolicy.isEmpty()) {
                putPolicy(arn, resourcePolicy);
            }
        }
        for (var requests : requests(caller.accountId().equals(DataPlane.ACCOUNT))) {
            requests.forEach((operation, body) -> {
                var denial = full.as(caller).outcome(operation, body);
                assertThat(denial)
                        .as(operation + " " + body)
                        .startsWith("AccessDeniedException: User: " + caller.principalArn())
                        .contains("kinesis:" + operation + " on resource: " + STREAM);
                assertThat(withoutConsumer.as(caller).outcome(operation, body)).isEqualTo(denial);
                assertThat(empty.as(caller).outcome(operation, body)).isEqualTo(denial);
            });
        }
    }

    static Stream<Arguments> callers() {
        var deny = "{'Effect':'Deny','Principal':'*','Action':'*','Resource':'*'}";
        var denyTagged =
                "{'Effect':'Deny','Principal':'*','Action':'*','Resource':'*',"
                        + "'Condition':{'StringEquals':{'aws:ResourceTag/team':'a'}}}";
        var allowOther =
                "{'Effect':'Allow','Principal':{'AWS':'222222222222'},'Action':'*',"
                        + "'Resource':'*'}";
        return Stream.of(
                Arguments.of("may nothing", user(DataPlane.ACCOUNT), ""),
                Arguments.of("may nothing, and is denied", user(DataPlane.ACCOUNT), deny),
                Arguments.of("is denied by tag", user(DataPlane.ACCOUNT, NOT_TEAM_A), ""),
                Arguments.of("may something else", user(DataPlane.ACCOUNT, onlyTeam("b")), ""),
                Arguments.of("another account's root", Caller.root(STRANGER), ""),
                Arguments.of("another account's, denied", user(STRANGER, ANYTHING), deny),
                Arguments.of("another's, denied by tag", user(STRANGER, ANYTHING), denyTagged),
                Arguments.of("another's than is allowed", user(STRANGER, ANYTHING), allowOther),
                Arguments.of("another's, by tag", user(STRANGER, ANYTHING, NOT_TEAM_A), ""),
                Arguments.of("another account's, may nothing", user(STRANGER), deny));
    }

    @Test
    void everyOperationOnAResourceIsThere() {
        var names = new HashSet<String>();
        requests(true).forEach(requests -> names.addAll(requests.keySet()));
        names.addAll(EveryRequest.ofAccount().keySet());
        assertThat(names).containsExactlyInAnyOrderElementsOf(full.operations());
    }

    @Test
    void aConsumersNameIsToldWithoutItsCreation() {
        var body = "{'StreamARN':'" + STREAM + "','ConsumerName':'c'}";
        assertThat(full.as(user(DataPlane.ACCOUNT)).refusal("DescribeStreamConsumer", body))
                .contains("on resource: " + STREAM + "/consumer/c because");
    }

    @Test
    void aConsumerIsTheOneOfItsCreationOnly() {
        var other = STREAM + "/consumer/c:1";
        putPolicy(
                consumer,
                "{'Effect':'Allow','Principal':{'AWS':'%s'},'Action':'*','Resource':'*'}"
                        .formatted(STRANGER));
        full.as(user(STRANGER, ANYTHING));
        assertThat(full.outcome("DescribeStreamConsumer", "{'ConsumerARN':'" + consumer + "'}"))
                .isEqualTo("answered");
        assertThat(full.outcome("DescribeStreamConsumer", "{'ConsumerARN':'" + other + "'}"))
                .startsWith("AccessDeniedException");
        // However the partition is written, a denial of the ARN is a denial of the consumer.
        var denied = "{'Effect':'Deny','Action':'*','Resource':'%s'}".formatted(consumer);
        full.as(user(DataPlane.ACCOUNT, ANYTHING, denied));
        assertThat(
                        full.outcome(
                                "DescribeStreamConsumer",
                                "{'ConsumerARN':'"
                                        + consumer.replace("arn:aws:", "arn:aws-x:")
                                        + "'}"))
                .startsWith("AccessDeniedException");
    }

    private List<Map<String, String>> requests(boolean own) {
        var requests = new ArrayList<Map<String, String>>();
        requests.add(EveryRequest.byArn(STREAM, consumer, iterator));
        requests.add(EveryRequest.ofConsumerAsResource(consumer));
        if (own) {
            requests.add(EveryRequest.byName("a", STREAM));
            requests.add(EveryRequest.ofNewStream("a"));
        }
        return requests;
    }

    private void putPolicy(String arn, String statement) {
        full.call(
                "PutResourcePolicy",
                "{'ResourceARN':'%s','Policy':'%s'}"
                        .formatted(arn, document(statement).replace("\"", "\\\"")));
    }

    private static String onlyTeam(String team) {
        return "{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
                + "{'StringEquals':{'aws:ResourceTag/team':'"
                + team
                + "'}}}";
    }

    private static Caller user(String account, String... statements) {
        var policies =
                Stream.of(statements)
                        .map(ExistenceTest::document)
                        .map(Policy::parseIdentity)
                        .toList();
        return new Caller(account, "arn:aws:iam::" + account + ":user/someone", policies);
    }

    private static String document(String statement) {
        return "{'Version':'2012-10-17','Statement':[%s]}".formatted(statement).replace('\'', '"');
    }
}
