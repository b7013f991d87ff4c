package io.headrace.acceptance.errors;

import io.headrace.testkit.HeadraceNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A node on which streams take an hour to go: what is refused of one that is going. */
class UnsettledErrorsTest extends ProvokedErrors {
    private static final String IN_USE = "ResourceInUseException";

    @Override
    HeadraceNode.Builder node(Path directory) {
        return HeadraceNode.builder().options("--transition", "1h");
    }

    @Override
    Map<Pair, Scene.Attempt> table() {
        return all();
    }

    static Map<Pair, Scene.Attempt> all() {
        // Provoked on a plain node, for the reason of their own that they have there.
        var others = SettledErrorsTest.all().keySet();
        var impossible = ImpossibleErrors.reasons().keySet();
        var table = new TreeMap<Pair, Scene.Attempt>();
        ServiceErrors.pairs().stream()
                .filter(pair -> pair.error().equals(IN_USE))
                .filter(pair ->
                        !Set.of("CreateStream", "SubscribeToShard").contains(pair.operation()))
                .filter(pair -> !others.contains(pair) && !impossible.contains(pair))
                .forEach(pair ->
                        table.put(
                                pair,
                                (c, s) -> {
                                    var stream = s.newStream(2);
                                    Calls.of("PutResourcePolicy").make(s.root(), stream);
                                    Calls.of("DeleteStream").make(s.root(), stream);
                                    Calls.of(pair.operation()).make(c, stream);
                                }));
        return table;
    }
}
