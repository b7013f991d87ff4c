package io.headrace.node.settings;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the {@code identities} of a configuration file: users, each with their keys and policies.
 *
 * <pre>
 * identities:
 *   - user: ingest
 *     account: "000000000000"       # the node's, if left out
 *     policies:                     # none: may do everything, as an account's root may
 *       - Version: "2012-10-17"
 *         Statement: [{Effect: Allow, Action: "kinesis:Put*", Resource: "*"}]
 *     keys:                         # two may be active while one replaces the other
 *       - {id: AKIAEXAMPLE, secret: ...}
 *       - {id: ASIAEXAMPLE, secret: ..., session-token: ..., expires: 2030-01-01T00:00:00Z}
 *       - {id: AKIAOLD, secret: ..., active: false}
 * </pre>
 */
final class IdentityReader {
    private static final Set<String> USER_MEMBERS = Set.of("user", "account", "policies", "keys");
    private static final Set<String> KEY_MEMBERS =
            Set.of("id", "secret", "active", "session-token", "expires");
    private static final Pattern USER = Pattern.compile("[\\w+=,.@-]{1,64}");
    private static final int ACTIVE_KEYS_MAX = 2;

    private final Problems problems;
    private final String file;
    private final String defaultAccount;
    private final Set<String> seenKeyIds = new HashSet<>();

    IdentityReader(Problems problems, String file, String defaultAccount) {
        this.problems = problems;
        this.file = file;
        this.defaultAccount = defaultAccount;
    }

    List<IdentitySettings> read(ConfigNode.Sequence users) {
        var identities = new ArrayList<IdentitySettings>();
        for (int i = 0; i < users.items().size(); i++) {
            var path = "identities[" + i + "]";
            if (users.items().get(i) instanceof ConfigNode.Mapping user) {
                identities.addAll(readUser(path, user));
            } else {
                problems.add(path, source(users.items().get(i)), "must have user and keys");
            }
        }
        return identities;
    }

    private List<IdentitySettings> readUser(String path, ConfigNode.Mapping user) {
        refuseUnknown(path, user, USER_MEMBERS);
        var name = require(path, user, "user", text -> Parsers.matching(USER, text, "a user name"));
        var account = find(path, user, "account", Parsers::account).orElse(defaultAccount);
        var policies = readPolicies(path, user);
        var identities = new ArrayList<IdentitySettings>();
        if (user.members().get("keys") instanceof ConfigNode.Sequence keys
                && !keys.items().isEmpty()) {
            for (int i = 0; i < keys.items().size(); i++) {
                var keyPath = path + ".keys[" + i + "]";
                if (keys.items().get(i) instanceof ConfigNode.Mapping key) {
                    readKey(keyPath, key, name.orElse("?"), account, policies)
                            .ifPresent(identities::add);
                } else {
                    problems.add(keyPath, source(keys.items().get(i)), "must have id and secret");
                }
            }
        } else {
            problems.add(path + ".keys", source(user), "must be a list of one or more keys");
        }
        if (identities.stream().filter(IdentitySettings::active).count() > ACTIVE_KEYS_MAX) {
            problems.add(path + ".keys", source(user), "at most two keys of a user may be active");
        }
        return identities;
    }

    private Optional<IdentitySettings> readKey(
            String path,
            ConfigNode.Mapping key,
            String user,
            String account,
            List<String> policies) {
        refuseUnknown(path, key, KEY_MEMBERS);
        var id = require(path, key, "id", Parsers::accessKeyId);
        var secret = require(path, key, "secret", Parsers::secret);
        var active = find(path, key, "active", Parsers::flag).orElse(true);
        var token = find(path, key, "session-token", Parsers::secret);
        var expires = find(path, key, "expires", IdentityReader::instant);
        if (id.isPresent() && !seenKeyIds.add(id.get())) {
            problems.add(path + ".id", source(key), id.get() + " is used twice");
        }
        if (id.isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new IdentitySettings(
                        id.get(), secret.get(), account, user, policies, active, token, expires));
    }

    private List<String> readPolicies(String path, ConfigNode.Mapping user) {
        var policies = new ArrayList<String>();
        switch (user.members().get("policies")) {
            case null -> {}
            case ConfigNode.Sequence empty when empty.items().isEmpty() -> notAList(path, empty);
            case ConfigNode.Sequence documents -> {
                for (var document : documents.items()) {
                    switch (document) {
                        case ConfigNode.Scalar json -> policies.add(json.plain());
                        case ConfigNode.Mapping mapping -> policies.add(JsonText.of(mapping));
                        case ConfigNode.Nothing _, ConfigNode.Sequence _ ->
                                problems.add(
                                        path + ".policies",
                                        source(document),
                                        "a policy is a mapping or a JSON text");
                    }
                }
            }
            case ConfigNode.Mapping other -> notAList(path, other);
            case ConfigNode.Scalar other -> notAList(path, other);
            case ConfigNode.Nothing other -> notAList(path, other);
        }
        return policies;
    }

    // An empty list would otherwise silently mean "may do everything".
    private void notAList(String path, ConfigNode node) {
        problems.add(
                path + ".policies",
                source(node),
                "must be a list of one policy or more; leave it out for a user who may do everything");
    }

    private <T> Optional<T> require(
            String path, ConfigNode.Mapping mapping, String member, Function<String, T> parse) {
        if (!mapping.members().containsKey(member)) {
            problems.add(path + "." + member, source(mapping), "is missing");
            return Optional.empty();
        }
        return find(path, mapping, member, parse);
    }

    private <T> Optional<T> find(
            String path, ConfigNode.Mapping mapping, String member, Function<String, T> parse) {
        var name = path + "." + member;
        var node = mapping.members().get(member);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof ConfigNode.Scalar scalar) {
            return problems.attempt(name, source(node), () -> parse.apply(scalar.plain()));
        }
        problems.add(name, source(node), "must be one value");
        return Optional.empty();
    }

    private void refuseUnknown(String path, ConfigNode.Mapping mapping, Set<String> known) {
        for (Map.Entry<String, ConfigNode> member : mapping.members().entrySet()) {
            if (!known.contains(member.getKey())) {
                problems.add(path + "." + member.getKey(), source(member.getValue()), "is unknown");
            }
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "must be a moment such as 2030-01-01T00:00:00Z, not '" + text + "'", e);
        }
    }

    private String source(ConfigNode node) {
        return file + " line " + node.line();
    }
}
