package io.headrace.router.http;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The plain routes by path and method. Immutable. */
public final class RouteTable {
    private final Map<String, Map<String, Route>> byPath;

    public RouteTable(Collection<Route> routes) {
        var found = new HashMap<String, Map<String, Route>>();
        for (var route : routes) {
            var methods = found.computeIfAbsent(route.path(), path -> new HashMap<>());
            if (methods.put(route.method(), route) != null) {
                throw new IllegalArgumentException(
                        route.method() + " " + route.path() + " is there twice");
            }
        }
        byPath = Map.copyOf(found);
    }

    boolean knows(String path) {
        return byPath.containsKey(path);
    }

    @Nullable Route find(String method, String path) {
        var methods = byPath.get(path);
        return methods == null ? null : methods.get(method.equals("HEAD") ? "GET" : method);
    }

    /** The value of an Allow header. */
    String allowed(String path) {
        var methods = new TreeSet<>(byPath.getOrDefault(path, Map.of()).keySet());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return String.join(", ", methods);
    }
}
