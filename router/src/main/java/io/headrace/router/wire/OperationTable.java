package io.headrace.router.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/**
 * The operations of all services of the node by their {@code X-Amz-Target}. Immutable once built.
 */
public final class OperationTable {
    private final Map<String, Operation> byTarget;

    private OperationTable(Map<String, Operation> byTarget) {
        this.byTarget = Map.copyOf(byTarget);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The operation that a target such as {@code Kinesis_20131202.CreateStream} names. */
    public Optional<Operation> find(@Nullable String target) {
        return target == null ? Optional.empty() : Optional.ofNullable(byTarget.get(target));
    }

    /** The same targets, served by what {@code change} makes of their operations. */
    public OperationTable map(UnaryOperator<Operation> change) {
        var changed = new HashMap<String, Operation>();
        byTarget.forEach((target, operation) -> changed.put(target, change.apply(operation)));
        return new OperationTable(changed);
    }

    /** All targets there are, in no order. */
    public Iterable<String> targets() {
        return byTarget.keySet();
    }

    /** Collects operations service by service; for one thread. */
    public static final class Builder {
        private final Map<String, Operation> byTarget = new HashMap<>();

        private Builder() {}

        /**
         * Begins a service.
         *
         * @param targetPrefix what stands before the dot, for example {@code Kinesis_20131202}
         */
        public Service service(String targetPrefix, ServiceConstraints constraints) {
            return new Service(this, targetPrefix, constraints);
        }

        public OperationTable build() {
            return new OperationTable(byTarget);
        }

        private void add(String targetPrefix, Operation operation) {
            var target = targetPrefix + "." + operation.name();
            if (byTarget.put(target, operation) != null) {
                throw new IllegalArgumentException(target + " is there twice");
            }
        }
    }

    /** The operations of one service; {@link #and} goes back to the table. */
    public static final class Service {
        private final Builder table;
        private final String targetPrefix;
        private final ServiceConstraints constraints;

        private Service(Builder table, String targetPrefix, ServiceConstraints constraints) {
            this.table = table;
            this.targetPrefix = targetPrefix;
            this.constraints = constraints;
        }

        /**
         * Adds an operation on the model classes, for example with CreateStreamRequest::builder.
         */
        public <I extends SdkPojo, O extends SdkPojo> Service model(
                String name,
                Supplier<? extends SdkBuilder<?, I>> builder,
                ModelHandler<I, O> handler) {
            table.add(
                    targetPrefix,
                    new Operation.Model<>(name, builder, constraints.operation(name), handler));
            return this;
        }

        public Service bytes(String name, BytesHandler handler) {
            table.add(targetPrefix, new Operation.Bytes(name, handler));
            return this;
        }

        public Service eventStream(String name, EventStreamHandler handler) {
            table.add(targetPrefix, new Operation.EventStream(name, handler));
            return this;
        }

        public Builder and() {
            return table;
        }
    }
}
