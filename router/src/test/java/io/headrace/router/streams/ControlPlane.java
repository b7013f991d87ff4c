package io.headrace.router.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.router.auth.Authorizer;
import io.headrace.router.auth.Caller;
import io.headrace.router.auth.Origin;
import io.headrace.router.wire.ErrorAnswer;
import io.headrace.router.wire.Operation;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.RequestContext;
import io.headrace.router.wire.ServiceConstraints;
import io.headrace.router.wire.WireErrors;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.stream.AccountCatalog;
import io.headrace.store.stream.LoadMeter;
import io.headrace.store.stream.StreamFixture;
import io.headrace.store.stream.StreamLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.NullMarked;

/**
 * The control plane's operations over a store in memory, spoken to in JSON as a client does: a
 * request is decoded, checked, authorized and handled, the answer encoded.
 */
@NullMarked
final class ControlPlane {
    static final String STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/";
    private static final ObjectMapper JSON = new ObjectMapper();

    final StreamFixture fixture;
    final StreamOperations operations;
    final StreamTokens tokens;
    private final OperationTable table;
    private Caller caller = Caller.root(StreamFixture.ACCOUNT);
    private final Origin origin = new Origin("127.0.0.1", false, null, null);

    private ControlPlane(StreamFixture fixture) {
        this.fixture = fixture;
        var identity = new NodeIdentity(StreamFixture.ACCOUNT, "us-east-1");
        var lookup = new StreamLookup(fixture.catalog, identity);
        try {
            tokens = StreamTokens.open(fixture.store, fixture.clock, new Random(3));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        operations =
                new StreamOperations(
                        fixture.streams,
                        new AccountCatalog(fixture.store, new Random(4)),
                        lookup,
                        tokens,
                        new StreamAccess(new Authorizer(fixture.clock), fixture.catalog, identity),
                        StreamQuotas.none(new LoadMeter()),
                        ControlPlane::checkKey,
                        fixture.clock);
        var service =
                OperationTable.builder()
                        .service(StreamOperations.TARGET_PREFIX, ServiceConstraints.kinesis());
        operations.addTo(service);
        table = service.and().build();
    }

    static ControlPlane create() {
        return new ControlPlane(StreamFixture.create());
    }

    static ControlPlane create(StreamLimits limits, Duration delay) {
        return new ControlPlane(StreamFixture.create(limits, delay));
    }

    ControlPlane as(Caller who) {
        caller = who;
        return this;
    }

    /** Calls an operation with a body of JSON whose quotes may be single. */
    JsonNode call(String operation, String body) {
        try {
            return JSON.readTree(answer(operation, body).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** JSON whose quotes may be single. */
    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As {@link #call} for a call that is to be refused: type and message. */
    String refusal(String operation, String body) {
        try {
            var answer = answer(operation, body);
            throw new AssertionError(operation + " was answered " + answer);
        } catch (RuntimeException e) {
            ErrorAnswer error = WireErrors.answer(e, "request");
            return error.type() + ": " + error.message();
        }
    }

    private String answer(String operation, String body) {
        var found = table.find(StreamOperations.TARGET_PREFIX + "." + operation).orElseThrow();
        if (!(found instanceof Operation.Model<?, ?> model)) {
            throw new AssertionError(operation + " is no model operation");
        }
        var context = new RequestContext("request", operation, caller, WireFormat.JSON, origin);
        try {
            return model.answer(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), context)
                    .toString();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void checkKey(long streamId, String keyId) {
        if (keyId.contains("missing")) {
            throw new RefusedException(ErrorCode.KMS_NOT_FOUND, "no master key " + keyId);
        }
    }
}
