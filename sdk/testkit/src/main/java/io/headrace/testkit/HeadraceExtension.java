package io.headrace.testkit;

import java.net.URI;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Runs the node of {@link Headrace}: started before a class's tests, killed and wiped after them.
 */
public final class HeadraceExtension
        implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(HeadraceExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        var builder = HeadraceNode.builder();
        context.getTestClass()
                .map(type -> type.getAnnotation(Headrace.class))
                .ifPresent(wish -> builder.options(wish.options()));
        var store = context.getStore(NAMESPACE);
        var node = builder.build();
        store.put(HeadraceNode.class, node);
        node.start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        var node = context.getStore(NAMESPACE).remove(HeadraceNode.class, HeadraceNode.class);
        if (node != null) {
            node.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == HeadraceNode.class || type == URI.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var node = context.getStore(NAMESPACE).get(HeadraceNode.class, HeadraceNode.class);
        if (node == null) {
            throw new IllegalStateException("the node is started before all tests of a class");
        }
        return parameter.getParameter().getType() == URI.class ? node.endpoint() : node;
    }
}
