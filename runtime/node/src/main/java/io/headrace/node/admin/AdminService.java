package io.headrace.node.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.router.auth.Authorizer;
import io.headrace.router.auth.RequestConditions;
import io.headrace.router.auth.Resource;
import io.headrace.router.wire.BytesHandler;
import io.headrace.router.wire.OperationTable;
import io.headrace.router.wire.RequestContext;
import io.headrace.router.wire.WireException;
import io.headrace.router.wire.WireFormat;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * The operator's operations, in JSON, on the node's port: {@code HeadraceAdmin.ListConsumers} and
 * so on as {@code X-Amz-Target}. Asked for with the node's credentials; where it has none they are
 * answered on loopback only. An identity needs to be its account's root or be allowed {@code
 * headrace:ListConsumers} on {@code arn:aws:headrace:REGION:ACCOUNT:node}.
 */
public final class AdminService implements AutoCloseable {
    /** What stands before the dot in {@code X-Amz-Target}. */
    public static final String TARGET_PREFIX = "HeadraceAdmin";

    private static final int CALLS_MAX = 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Authorizer authorizer;
    private final String region;
    private final Resource node;
    private final boolean open;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    private final Semaphore calls = new Semaphore(CALLS_MAX);

    /** One operation; runs on a virtual thread and may block. */
    @FunctionalInterface
    interface Call {
        ObjectNode answer(JsonNode request) throws IOException, InterruptedException;
    }

    /**
     * A service without operations yet.
     *
     * @param open false if anyone on the network could ask without credentials: then no one may
     */
    public AdminService(Authorizer authorizer, String region, String account, boolean open) {
        this.authorizer = authorizer;
        this.region = region;
        node = Resource.bare("arn:aws:headrace:%s:%s:node".formatted(region, account));
        this.open = open;
    }

    /** Adds operations on consumers. */
    public void addTo(OperationTable.Service service, ConsumerAdmin consumers) {
        service.bytes("ListConsumers", handler(consumers::list))
                .bytes("GetConsumerLag", handler(consumers::lag))
                .bytes("ResetConsumer", handler(consumers::reset))
                .bytes("DeleteConsumer", handler(consumers::delete));
    }

    /** Adds operations that copy the store. */
    public void addTo(OperationTable.Service service, BackupAdmin backups) {
        service.bytes("BeginBackup", handler(backups::begin))
                .bytes("ReadBackup", handler(backups::read))
                .bytes("EndBackup", handler(backups::end));
    }

    /** Adds operations on the cluster. */
    public void addTo(OperationTable.Service service, ClusterCalls cluster) {
        service.bytes("GetCluster", handler(cluster::status))
                .bytes("DrainNode", handler(cluster::drain))
                .bytes("RebalanceCluster", handler(cluster::rebalance));
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** A text member that must be there. */
    static String text(JsonNode request, String member) {
        var value = request.get(member);
        if (value == null || !value.isTextual()) {
            throw new RefusedException(ErrorCode.VALIDATION, member + " must be a text.");
        }
        return value.asText();
    }

    /** A whole number that must be there. */
    static long number(JsonNode request, String member) {
        var value = request.get(member);
        if (value == null || !value.canConvertToLong()) {
            throw new RefusedException(ErrorCode.VALIDATION, member + " must be a number.");
        }
        return value.asLong();
    }

    private BytesHandler handler(Call call) {
        return (body, context) -> {
            check(context);
            if (!calls.tryAcquire()) {
                throw new WireException(
                        503, "ServiceUnavailable", "Too many operator's calls are under way.");
            }
            var answer = new CompletableFuture<Buffer>();
            threads.execute(() -> {
                try {
                    answer.complete(run(call, body.bytes()));
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                } finally {
                    calls.release();
                }
            });
            return answer;
        };
    }

    private static Buffer run(Call call, byte[] body) {
        try {
            var request = JSON.readTree(body);
            if (!request.isObject()) {
                throw WireException.serialization("The body is no JSON object.");
            }
            return Buffer.buffer(JSON.writeValueAsBytes(call.answer(request)));
        } catch (JsonProcessingException e) {
            throw WireException.serialization("The body is no JSON.");
        } catch (IOException e) {
            throw new RefusedException(ErrorCode.INTERNAL_FAILURE, e.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(ErrorCode.INTERNAL_FAILURE, "The node stops.", e);
        }
    }

    private void check(RequestContext context) {
        if (!open) {
            throw new RefusedException(
                    ErrorCode.ACCESS_DENIED,
                    "Without credentials the node answers its operator on loopback only: configure"
                            + " identities, or listen on 127.0.0.1.");
        }
        authorizer.check(
                context.caller(),
                "headrace:" + context.operation(),
                node,
                new RequestConditions(context.origin(), region));
        if (context.format() != WireFormat.JSON) {
            throw WireException.serialization("Operator's operations are in JSON.");
        }
    }

    /** Interrupts what is under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
