package io.headrace.acceptance.errors;

import io.headrace.testkit.HeadraceNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A node whose clock the test sets: what is good for five minutes, six minutes later. */
class ExpiredErrorsTest extends ProvokedErrors {
    private static final String TOKEN = "ExpiredNextTokenException";

    @Override
    HeadraceNode.Builder node(Path directory) throws Exception {
        return HeadraceNode.builder()
                .data(directory.resolve("data"))
                .environment(
                        "HEADRACE_JAVA_OPTS",
                        "-Dheadrace.test.clock=" + set(directory.resolve("clock"), 0));
    }

    private static Path set(Path clock, long ms) throws Exception {
        var next = clock.resolveSibling("clock.next");
        Files.writeString(next, Long.toString(ms));
        return Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    Map<Pair, Scene.Attempt> table() {
        return all();
    }

    static Map<Pair, Scene.Attempt> all() {
        var table = new TreeMap<Pair, Scene.Attempt>();
        table.put(
                new Pair("GetRecords", "ExpiredIteratorException"),
                (c, s) -> {
                    var stream = s.withIterator(s.newStream());
                    later(s);
                    Scene.untilRefused(() -> Calls.of("GetRecords").make(c, stream));
                });
        table.put(
                new Pair("ListShards", TOKEN),
                (c, s) -> {
                    var name = s.newStream(2).name();
                    var token =
                            c.client()
                                    .listShards(r -> r.streamName(name).maxResults(1))
                                    .nextToken();
                    later(s);
                    Scene.untilRefused(() -> c.client().listShards(r -> r.nextToken(token)));
                });
        table.put(
                new Pair("ListStreamConsumers", TOKEN),
                (c, s) -> {
                    var stream = s.newStream();
                    s.withConsumer(stream, "one");
                    s.withConsumer(stream, "two");
                    var arn = stream.arn();
                    var token =
                            c.client()
                                    .listStreamConsumers(r -> r.streamARN(arn).maxResults(1))
                                    .nextToken();
                    later(s);
                    Scene.untilRefused(() ->
                            c.client().listStreamConsumers(r -> r.streamARN(arn).nextToken(token)));
                });
        table.put(
                new Pair("ListStreams", TOKEN),
                (c, s) -> {
                    s.newStream();
                    s.newStream();
                    var token = c.client().listStreams(r -> r.limit(1)).nextToken();
                    later(s);
                    Scene.untilRefused(() -> c.client().listStreams(r -> r.nextToken(token)));
                });
        return table;
    }

    /** Six minutes more each time; the node looks every few milliseconds. */
    private static void later(Scene scene) throws Exception {
        var clock = scene.node().data().resolveSibling("clock");
        var before = Long.parseLong(Files.readString(clock));
        set(clock, before + Duration.ofMinutes(6).toMillis());
    }
}
