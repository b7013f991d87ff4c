package io.headrace.router.wire;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.kinesis.model.KinesisRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** The SDK's classes for every operation, found by name. */
final class KinesisModel {
    static final ServiceConstraints CONSTRAINTS = ServiceConstraints.kinesis();

    private static final String PACKAGE = KinesisRequest.class.getPackageName();

    private KinesisModel() {}

    static SdkBuilder<?, ? extends SdkPojo> request(String operation) {
        return builder(operation + "Request");
    }

    static SdkBuilder<?, ? extends SdkPojo> response(String operation) {
        return builder(operation + "Response");
    }

    /** Empty builders of every request, every response and the one event. */
    static List<SdkBuilder<?, ? extends SdkPojo>> all() {
        var all = new ArrayList<SdkBuilder<?, ? extends SdkPojo>>();
        for (var operation : CONSTRAINTS.operations()) {
            all.add(request(operation));
            all.add(response(operation));
        }
        all.add(asBuilder(SubscribeToShardEvent.builder()));
        return all;
    }

    private static SdkBuilder<?, ? extends SdkPojo> builder(String className) {
        try {
            Method builder = Class.forName(PACKAGE + "." + className).getMethod("builder");
            return asBuilder(builder.invoke(null));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(className, e);
        }
    }

    @SuppressWarnings("unchecked") // every builder of a model class builds an SdkPojo
    private static SdkBuilder<?, ? extends SdkPojo> asBuilder(Object builder) {
        return (SdkBuilder<?, ? extends SdkPojo>) builder;
    }
}
