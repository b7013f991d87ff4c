package io.headrace.client;

import java.lang.reflect.Constructor;
import picocli.CommandLine;

/** Hands the source of clients to the commands that ask for one in their constructor. */
final class CommandFactory implements CommandLine.IFactory {
    private final Connector connector;
    private final CommandLine.IFactory fallback = CommandLine.defaultFactory();

    CommandFactory(Connector connector) {
        this.connector = connector;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            var parameters = constructor.getParameterTypes();
            if (parameters.length == 1 && parameters[0] == Connector.class) {
                constructor.setAccessible(true);
                return type.cast(constructor.newInstance(connector));
            }
        }
        return fallback.create(type);
    }
}
