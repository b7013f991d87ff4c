package io.headrace.acceptance.errors;

import io.headrace.testkit.HeadraceNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A node with identities, asked by one that nothing is allowed to. */
class DeniedErrorsTest extends ProvokedErrors {
    private static final String CONFIG =
            """
            identities:
              - keys:
                  - {id: ROOTKEY, secret: secret-of-ROOTKEY}
              - user: nobody
                policies:
                  - Version: "2012-10-17"
                    Statement:
                      - {Effect: Deny, Action: "kinesis:*", Resource: "*"}
                keys:
                  - {id: DENIEDKEY, secret: secret-of-DENIEDKEY}
            """;

    @Override
    HeadraceNode.Builder node(Path directory) throws IOException {
        var config = directory.resolve("headrace.yaml");
        Files.writeString(config, CONFIG);
        return HeadraceNode.builder().options("--config", config.toString());
    }

    @Override
    String keyId() {
        return "DENIEDKEY";
    }

    @Override
    Map<Pair, Scene.Attempt> table() {
        return all();
    }

    static Map<Pair, Scene.Attempt> all() {
        var table = new TreeMap<Pair, Scene.Attempt>();
        ServiceErrors.pairs().stream()
                .filter(pair -> pair.error().equals("AccessDeniedException"))
                .forEach(pair ->
                        table.put(
                                pair,
                                (c, s) ->
                                        Calls.of(pair.operation())
                                                .make(c, s.withIterator(s.newStream()))));
        return table;
    }
}
