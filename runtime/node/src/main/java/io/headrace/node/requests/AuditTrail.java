package io.headrace.node.requests;

import io.headrace.node.logging.Logging;
import io.headrace.router.http.RequestLog;
import io.headrace.router.wire.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkPojo;

/**
 * Notes every control-plane call, granted or not, and every call that was refused for who made it:
 * who, what, on which resource, from where, with what outcome. Any thread.
 */
public final class AuditTrail implements RequestLog {
    private static final Set<String> DATA_PLANE =
            Set.of(
                    "PutRecord",
                    "PutRecords",
                    "GetRecords",
                    "GetShardIterator",
                    "SubscribeToShard",
                    "ReadBackup");

    private static final Set<String> REFUSED_FOR_WHO_ASKS =
            Set.of(
                    "AccessDeniedException",
                    "ExpiredTokenException",
                    "IncompleteSignatureException",
                    "InvalidSignatureException",
                    "MissingAuthenticationTokenException",
                    "UnrecognizedClientException");

    /** Members that name what a call is about, the first one set counts. */
    private static final List<String> RESOURCE_MEMBERS =
            List.of("ConsumerARN", "StreamARN", "ResourceARN", "StreamName");

    /** More than calls can be under way; a call whose client left early stays until pushed out. */
    private static final int RESOURCES_MAX = 8192;

    private final LogWriter writer;
    private final Logger log;
    private final Map<String, String> resourceByRequest =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > RESOURCES_MAX;
                }
            };

    public AuditTrail(LogWriter writer) {
        this(writer, LoggerFactory.getLogger(Logging.AUDIT));
    }

    AuditTrail(LogWriter writer, Logger log) {
        this.writer = writer;
        this.log = log;
    }

    /** The same operation, whose calls name their resource in the trail. */
    public Operation watch(Operation operation) {
        return switch (operation) {
            case Operation.Model<?, ?> model -> watched(model);
            case Operation.Bytes bytes -> bytes;
            case Operation.EventStream stream -> stream;
        };
    }

    private <I extends SdkPojo, O extends SdkPojo> Operation watched(Operation.Model<I, O> model) {
        return new Operation.Model<I, O>(
                model.name(),
                model.builder(),
                model.constraints(),
                (request, context) -> {
                    note(context.requestId(), resource(request));
                    return model.handler().handle(request, context);
                });
    }

    private void note(String requestId, String resource) {
        if (!resource.isEmpty()) {
            synchronized (resourceByRequest) {
                resourceByRequest.put(requestId, resource);
            }
        }
    }

    @Override
    public void finished(Finished request) {
        String resource;
        synchronized (resourceByRequest) {
            resource = resourceByRequest.remove(request.requestId());
        }
        boolean refused =
                request.errorType() != null && REFUSED_FOR_WHO_ASKS.contains(request.errorType());
        boolean called = !request.operation().startsWith("/") && !request.operation().equals("-");
        if (refused || (called && !DATA_PLANE.contains(request.operation()))) {
            writer.offer(() -> write(request, resource == null ? "" : resource));
        }
    }

    private void write(Finished request, String resource) {
        var caller = request.caller();
        log.atInfo()
                .addKeyValue("requestId", request.requestId())
                .addKeyValue("operation", request.operation())
                .addKeyValue("resource", resource)
                .addKeyValue("principal", caller == null ? "" : caller.principalArn())
                .addKeyValue("from", request.remoteAddress())
                .addKeyValue("status", request.status())
                .addKeyValue("error", request.errorType() == null ? "" : request.errorType())
                .log("call");
    }

    private static String resource(SdkPojo request) {
        for (var member : RESOURCE_MEMBERS) {
            for (var field : request.sdkFields()) {
                if (field.memberName().equals(member)
                        && field.getValueOrDefault(request) instanceof String name) {
                    return name;
                }
            }
        }
        return "";
    }
}
