package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.router.auth.Authorizer;
import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Policy;
import io.headrace.router.streams.NodeIdentity;
import io.headrace.router.streams.StreamAccess;
import io.headrace.router.streams.StreamLookup;
import io.headrace.router.streams.StreamOperations;
import io.headrace.router.streams.StreamQuotas;
import io.headrace.router.streams.StreamTokens;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.ServiceConstraints;
import io.headrace.store.stream.AccountCatalog;
import io.headrace.store.stream.LoadMeter;
import io.headrace.store.stream.StreamFixture;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Policies about where a request came from, asked through the front door. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyOriginTest {
    private static final String LIST = "ListStreams";

    private final AtomicReference<Caller> caller = new AtomicReference<>(user("{}"));
    private HttpFront front;
    private HttpClient client;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        var certificate = TestCertificate.create(directory);
        var tls = new HttpSettings.Tls(0, certificate.certificate(), certificate.key());
        var limits = HttpLimits.forHeap(512L << 20);
        front =
                HttpFront.start(
                        new HttpSettings("127.0.0.1", 0, Optional.of(tls), 1, true, limits),
                        new HttpServices(
                                operations(),
                                request -> caller.get(),
                                new RouteTable(List.of()),
                                finished -> {},
                                RequestTraces.NONE,
                                InstantSource.system(),
                                System::nanoTime,
                                new SplittableRandom(1)));
        client = HttpClient.newBuilder().sslContext(certificate.trusted()).build();
    }

    @AfterAll
    void stop() throws InterruptedException {
        client.close();
        front.stop(Duration.ofSeconds(1));
    }

    private static OperationTable operations() throws Exception {
        var fixture = StreamFixture.create();
        var identity = new NodeIdentity(StreamFixture.ACCOUNT, "us-east-1");
        var service =
                OperationTable.builder()
                        .service(StreamOperations.TARGET_PREFIX, ServiceConstraints.kinesis());
        new StreamOperations(
                        fixture.streams,
                        new AccountCatalog(fixture.store, new Random(4)),
                        new StreamLookup(fixture.catalog, identity),
                        StreamTokens.open(fixture.store, fixture.clock, new Random(3)),
                        new StreamAccess(new Authorizer(fixture.clock), fixture.catalog, identity),
                        StreamQuotas.none(new LoadMeter()),
                        (stream, key) -> {},
                        fixture.clock)
                .addTo(service);
        return service.and().build();
    }

    @ParameterizedTest
    @EnumSource
    void theAddressOfTheConnectionCounts(HttpClient.Version version) throws Exception {
        deny("{'IpAddress':{'aws:SourceIp':'127.0.0.0/8'}}");
        assertThat(call(plain(), version, LIST, "{}")).contains("AccessDeniedException");
        assertThat(call(encrypted(), version, LIST, "{}")).contains("AccessDeniedException");
        deny("{'NotIpAddress':{'aws:SourceIp':'127.0.0.1/32'}}");
        assertThat(call(plain(), version, LIST, "{}")).contains("StreamNames");
        deny("{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}");
        assertThat(call(plain(), version, LIST, "{}")).contains("StreamNames");
    }

    @ParameterizedTest
    @EnumSource
    void whetherTheConnectionIsEncryptedCounts(HttpClient.Version version) throws Exception {
        deny("{'Bool':{'aws:SecureTransport':'false'}}");
        assertThat(call(plain(), version, LIST, "{}")).contains("AccessDeniedException");
        assertThat(call(encrypted(), version, LIST, "{}")).contains("StreamNames");
    }

    @ParameterizedTest
    @EnumSource
    void whatTheClientSaysOfItselfCounts(HttpClient.Version version) throws Exception {
        deny("{'StringNotEquals':{'aws:UserAgent':'test/1','aws:Referer':'https://x/'}}");
        assertThat(call(plain(), version, LIST, "{}")).contains("StreamNames");
        deny("{'StringLike':{'aws:UserAgent':'test/*'}}");
        assertThat(call(plain(), version, LIST, "{}")).contains("AccessDeniedException");
    }

    @Test
    void tagsOfTheRequestCount() throws Exception {
        deny("{'StringNotEquals':{'aws:RequestTag/team':'a'}}");
        var create = "{'StreamName':'s','ShardCount':1,'Tags':{'team':'%s'}}";
        assertThat(
                        call(
                                plain(),
                                HttpClient.Version.HTTP_1_1,
                                "CreateStream",
                                create.formatted("b")))
                .contains("AccessDeniedException");
        assertThat(
                        call(
                                plain(),
                                HttpClient.Version.HTTP_1_1,
                                "CreateStream",
                                create.formatted("a")))
                .isEmpty();
    }

    private String plain() {
        return "http://127.0.0.1:" + front.port();
    }

    private String encrypted() {
        return "https://127.0.0.1:" + front.tlsPort().orElseThrow();
    }

    private String call(String to, HttpClient.Version version, String operation, String body)
            throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(to))
                        .version(version)
                        .timeout(Duration.ofSeconds(60))
                        .header("X-Amz-Target", TestFront.TARGET + operation)
                        .header("Content-Type", TestFront.JSON)
                        .header("User-Agent", "test/1")
                        .header("X-Forwarded-For", "10.0.0.1")
                        .header("X-Forwarded-Proto", "https")
                        .POST(BodyPublishers.ofString(body.replace('\'', '"')))
                        .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private void deny(String condition) {
        caller.set(user(condition));
    }

    private static Caller user(String condition) {
        var policy =
                "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'*','Resource':'*'},"
                        + "{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
                        + condition
                        + "}]}";
        return new Caller(
                StreamFixture.ACCOUNT,
                "arn:aws:iam::" + StreamFixture.ACCOUNT + ":user/u",
                List.of(Policy.parseIdentity(policy.replace('\'', '"'))));
    }
}
