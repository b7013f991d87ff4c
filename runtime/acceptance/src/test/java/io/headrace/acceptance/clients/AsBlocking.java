package io.headrace.acceptance.clients;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.KinesisRequest;

/** The asynchronous client behind the blocking one's interface: one suite of tests runs on both. */
final class AsBlocking implements InvocationHandler {
    private final KinesisAsyncClient client;

    private AsBlocking(KinesisAsyncClient client) {
        this.client = client;
    }

    static KinesisClient of(KinesisAsyncClient client) {
        return (KinesisClient)
                Proxy.newProxyInstance(
                        KinesisClient.class.getClassLoader(),
                        new Class<?>[] {KinesisClient.class},
                        new AsBlocking(client));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("close")) {
            client.close();
            return null;
        }
        if (arguments != null
                && arguments.length == 1
                && arguments[0] instanceof KinesisRequest request) {
            var operation =
                    KinesisAsyncClient.class.getMethod(method.getName(), request.getClass());
            try {
                return ((CompletableFuture<?>) operation.invoke(client, request)).get();
            } catch (ExecutionException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }
        // A shape of call that the interface itself builds a request for.
        return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
}
