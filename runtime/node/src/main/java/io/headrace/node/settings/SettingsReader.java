package io.headrace.node.settings;

import io.headrace.router.auth.Identities;
import io.headrace.router.auth.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads the settings once: defaults, then the configuration file, then the environment, then the
 * command line. Every problem of every source is told together.
 */
public final class SettingsReader {
    /** Names with our prefix that are the launcher's. */
    public static final Set<String> LAUNCHER_ENVIRONMENT =
            Set.of(
                    "HEADRACE_JAVA_OPTS",
                    "HEADRACE_HEAP_DUMP",
                    "HEADRACE_HOME",
                    "HEADRACE_CACHE",
                    "HEADRACE_CONFIG");

    private static final String IDENTITIES = "identities";

    private final Problems problems = new Problems();
    private final Layers layers = new Layers(problems);
    private final Map<String, Key<?>> keysByName = new HashMap<>();
    private final List<Identity> identities = new ArrayList<>();
    private String identitiesSource = "environment";
    private ConfigNode.Sequence identityNodes = new ConfigNode.Sequence(List.of(), 0);

    private SettingsReader() {
        Keys.all().forEach(key -> keysByName.put(key.name(), key));
    }

    /** The settings, and for each key where its value came from. */
    public record Reading(Settings settings, List<EffectiveValue> values) {
        public Reading {
            values = List.copyOf(values);
        }
    }

    /** As the other, without anything unknown on the command line. */
    public static Reading read(
            Map<Key<?>, String> options, Map<String, String> environment, Optional<Path> file)
            throws SettingsException {
        return read(options, List.of(), environment, file);
    }

    /**
     * Reads everything.
     *
     * @param unknown what else stood on the command line
     * @param options texts given on the command line
     * @param environment of the process; only names with our prefix are looked at
     * @param file the configuration file, if one is used
     */
    public static Reading read(
            Map<Key<?>, String> options,
            List<String> unknown,
            Map<String, String> environment,
            Optional<Path> file)
            throws SettingsException {
        var reader = new SettingsReader();
        file.ifPresent(reader::readFile);
        reader.readEnvironment(environment);
        options.forEach(
                (key, text) -> reader.layers.put(key, text, key.optionName(), "command line"));
        reader.refuseUnknown(unknown);
        var settings = reader.settings(environment);
        reader.problems.throwIfAny();
        return new Reading(settings, reader.layers.effective());
    }

    private void refuseUnknown(List<String> arguments) {
        var names =
                Keys.all().stream()
                        .filter(key -> !key.secret())
                        .map(Key::optionName)
                        .collect(Collectors.toSet());
        arguments.forEach(name -> problems.add(name, "command line", unknown(name, names)));
    }

    private void readFile(Path file) {
        try {
            flatten("", ConfigFile.read(file), String.valueOf(file.getFileName()));
        } catch (NoSuchFileException e) {
            problems.add("config", file.toString(), "there is no such file");
        } catch (IOException e) {
            problems.add("config", file.toString(), String.valueOf(e.getMessage()));
        }
    }

    private void flatten(String prefix, ConfigNode.Mapping mapping, String file) {
        mapping.members()
                .forEach((member, node) -> {
                    var name = prefix + member;
                    var source = file + " line " + node.line();
                    if (name.equals(IDENTITIES)) {
                        keepIdentities(node, file);
                    } else {
                        keep(name, node, source, file);
                    }
                });
    }

    private void keep(String name, ConfigNode node, String source, String file) {
        var key = keysByName.get(name);
        switch (node) {
            case ConfigNode.Mapping section when key == null && isSection(name) ->
                    flatten(name + ".", section, file);
            case ConfigNode.Scalar scalar when key != null ->
                    layers.put(key, scalar.plain(), name, source);
            case ConfigNode.Nothing _ when key != null ->
                    problems.add(name, source, "has no value");
            case ConfigNode.Nothing _ when isSection(name) -> {}
            case ConfigNode.Mapping _,
                    ConfigNode.Scalar _,
                    ConfigNode.Sequence _,
                    ConfigNode.Nothing _ ->
                    problems.add(
                            name,
                            source,
                            key == null ? unknown(name, keysByName.keySet()) : "must be one value");
        }
    }

    private void keepIdentities(ConfigNode node, String file) {
        identitiesSource = file;
        if (node instanceof ConfigNode.Sequence sequence) {
            identityNodes = sequence;
        } else {
            problems.add(IDENTITIES, file + " line " + node.line(), "must be a list");
        }
    }

    private boolean isSection(String name) {
        return keysByName.keySet().stream().anyMatch(key -> key.startsWith(name + "."));
    }

    private void readEnvironment(Map<String, String> environment) {
        var byName = new TreeMap<String, Key<?>>();
        Keys.all().forEach(key -> byName.put(key.environmentName(), key));
        new TreeMap<>(environment)
                .forEach((name, text) -> {
                    var key = byName.get(name);
                    if (key != null) {
                        layers.put(key, text, name, "environment");
                    } else if (name.startsWith(Key.ENVIRONMENT_PREFIX)
                            && !LAUNCHER_ENVIRONMENT.contains(name)) {
                        problems.add(name, "environment", unknown(name, byName.keySet()));
                    }
                });
    }

    private Settings settings(Map<String, String> environment) {
        identities.addAll(
                new IdentityReader(problems, identitiesSource, layers.get(Keys.ACCOUNT))
                        .read(identityNodes));
        readRootIdentity();
        Identities.problems(identities)
                .forEach(reason -> problems.add(IDENTITIES, identitiesSource, reason));
        var listen =
                new Settings.Listen(
                        layers.get(Keys.HOST),
                        layers.get(Keys.PORT),
                        tls(),
                        layers.get(Keys.INSECURE_BIND));
        refuseOpenDoor(listen);
        var stores = new StoreReader(layers, problems, environment);
        var store = stores.store();
        return new Settings(
                listen,
                layers.get(Keys.DATA),
                store,
                layers.find(StoreKeys.CACHE_BYTES),
                stores.cluster(listen, store),
                new Settings.Aws(
                        layers.get(Keys.ACCOUNT),
                        layers.get(Keys.REGION),
                        layers.get(Keys.LIMITS),
                        layers.get(Keys.TRANSITION)),
                new Settings.Log(
                        layers.get(Keys.LOG_FORMAT),
                        layers.get(Keys.LOG_LEVEL),
                        layers.get(Keys.SLOW_REQUEST),
                        layers.find(Keys.AUDIT)),
                new Settings.Tracing(
                        layers.find(Keys.TRACING_ENDPOINT), layers.get(Keys.TRACING_SAMPLE)),
                layers.get(Keys.DRAIN),
                identities);
    }

    private Optional<Settings.Tls> tls() {
        var given =
                List.of(Keys.TLS_PORT, Keys.TLS_CERT, Keys.TLS_KEY).stream()
                        .filter(layers::isWritten)
                        .toList();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        if (given.size() < 3) {
            var first = given.getFirst();
            problems.add(
                    layers.name(first),
                    layers.source(first),
                    "tls-port, tls-cert and tls-key are needed together");
        }
        var port = layers.find(Keys.TLS_PORT);
        var certificate = layers.find(Keys.TLS_CERT);
        var key = layers.find(Keys.TLS_KEY);
        return port.isPresent() && certificate.isPresent() && key.isPresent()
                ? Optional.of(new Settings.Tls(port.get(), certificate.get(), key.get()))
                : Optional.empty();
    }

    private void readRootIdentity() {
        if (layers.isWritten(Keys.ACCESS_KEY_ID) != layers.isWritten(Keys.SECRET_ACCESS_KEY)) {
            var given =
                    layers.isWritten(Keys.ACCESS_KEY_ID)
                            ? Keys.ACCESS_KEY_ID
                            : Keys.SECRET_ACCESS_KEY;
            problems.add(
                    layers.name(given),
                    layers.source(given),
                    "access-key-id and secret-access-key are needed together");
            return;
        }
        var id = layers.find(Keys.ACCESS_KEY_ID);
        var secret = layers.find(Keys.SECRET_ACCESS_KEY);
        if (id.isPresent() && secret.isPresent()) {
            identities.add(Identity.root(id.get(), secret.get(), layers.get(Keys.ACCOUNT)));
        }
    }

    private void refuseOpenDoor(Settings.Listen listen) {
        if (identities.isEmpty() && !listen.insecureBind() && !isLoopback(listen.host())) {
            problems.add(
                    layers.name(Keys.HOST),
                    layers.source(Keys.HOST),
                    "without credentials the node listens on loopback only: configure identities,"
                            + " or say insecure-bind if everyone who reaches "
                            + listen.host()
                            + " may do everything");
        }
    }

    private boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            problems.add(
                    layers.name(Keys.HOST),
                    layers.source(Keys.HOST),
                    "no such address: " + e.getMessage());
            return true;
        }
    }

    private static String unknown(String name, Set<String> names) {
        var near =
                names.stream()
                        .filter(candidate -> Spelling.distance(candidate, name) <= 3)
                        .min((a, b) ->
                                Integer.compare(
                                        Spelling.distance(a, name), Spelling.distance(b, name)));
        return near.map(candidate -> "is unknown; did you mean " + candidate + "?")
                .orElse("is unknown");
    }
}
