package io.headrace.acceptance.errors;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.KinesisRequest;

/**
 * What errors the service model lists for each operation: the SDK's generated client declares them
 * in its {@code throws} clauses.
 */
final class ServiceErrors {
    /** The blocking client lacks it, and the asynchronous one declares nothing. */
    private static final Set<String> SUBSCRIBE =
            Set.of(
                    "AccessDeniedException",
                    "InvalidArgumentException",
                    "LimitExceededException",
                    "ResourceInUseException",
                    "ResourceNotFoundException");

    private ServiceErrors() {}

    static Set<Pair> pairs() {
        var pairs =
                Arrays.stream(KinesisClient.class.getMethods())
                        .filter(method -> method.getParameterCount() == 1)
                        .filter(method ->
                                KinesisRequest.class.isAssignableFrom(
                                        method.getParameterTypes()[0]))
                        .filter(method -> !method.getName().endsWith("Paginator"))
                        .flatMap(method ->
                                Arrays.stream(method.getExceptionTypes())
                                        .filter(ServiceErrors::isModelled)
                                        .map(error ->
                                                new Pair(
                                                        capitalized(method.getName()),
                                                        wireName(error))))
                        .collect(Collectors.toCollection(TreeSet::new));
        SUBSCRIBE.forEach(error -> pairs.add(new Pair("SubscribeToShard", error)));
        return pairs;
    }

    private static boolean isModelled(Class<?> error) {
        return KinesisException.class.isAssignableFrom(error) && error != KinesisException.class;
    }

    /** The SDK adds a suffix to the one error that the model names without. */
    static String wireName(Class<?> error) {
        var name = error.getSimpleName();
        return name.equals("KmsOptInRequiredException")
                ? "KMSOptInRequired"
                : name.replaceFirst("^Kms", "KMS");
    }

    private static String capitalized(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
