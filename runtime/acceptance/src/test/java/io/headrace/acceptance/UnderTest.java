package io.headrace.acceptance;

import io.headrace.testkit.HeadraceNode;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests an endpoint: one node for all classes of the run, or the one that system property
 * {@code headrace.endpoint} names, so that the same tests can be run against a peer.
 */
public final class UnderTest implements BeforeAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(UnderTest.class);

    private record Target(URI endpoint, @Nullable HeadraceNode node) implements AutoCloseable {
        @Override
        public void close() {
            if (node != null) {
                node.close();
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        target(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == URI.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return target(context).endpoint();
    }

    private static Target target(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Target.class, _ -> newTarget(), Target.class);
    }

    private static Target newTarget() {
        var named = System.getProperty("headrace.endpoint");
        if (named != null) {
            return new Target(URI.create(named), null);
        }
        Distribution.assumeBuilt();
        var node = HeadraceNode.builder().start();
        return new Target(node.endpoint(), node);
    }
}
