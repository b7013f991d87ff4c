package io.headrace.router.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headrace.router.auth.Wildcard.Syntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one policy document. Whatever it does not know it refuses: it might have been a denial. */
final class PolicyParser {
    /** The quota of Kinesis on a resource policy. */
    static final int CHARS_MAX = 20 * 1024;

    private static final int DEPTH_MAX = 10;
    private static final String VERSION_WITH_VARIABLES = "2012-10-17";
    private static final Set<String> VERSIONS = Set.of("2008-10-17", VERSION_WITH_VARIABLES);
    private static final Pattern ACTION = Pattern.compile("\\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+");
    private static final Set<String> PRINCIPAL_TYPES =
            Set.of("AWS", "Service", "Federated", "CanonicalUser");

    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH_MAX)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final String json;
    private final boolean ofResource;
    private boolean variables;

    PolicyParser(String json, boolean ofResource) {
        this.json = json;
        this.ofResource = ofResource;
    }

    Policy parse() {
        var document = read();
        known(document, "the policy", Set.of("Version", "Id", "Statement"));
        var version = document.path("Version").asText("2008-10-17");
        if (!VERSIONS.contains(version)) {
            throw new MalformedPolicyException("Version must be one of 2008-10-17 and 2012-10-17");
        }
        variables = version.equals(VERSION_WITH_VARIABLES);
        var list = document.path("Statement");
        var statements = new ArrayList<Statement>();
        if (list.isArray()) {
            for (int i = 0; i < list.size(); i++) {
                statements.add(located(list.get(i), i));
            }
        } else if (list.isObject()) {
            statements.add(located(list, 0));
        }
        if (statements.isEmpty()) {
            throw new MalformedPolicyException("the policy has no Statement");
        }
        return new Policy(json, statements);
    }

    private JsonNode read() {
        if (json.length() > CHARS_MAX) {
            throw new MalformedPolicyException(
                    "the policy is longer than " + CHARS_MAX + " characters");
        }
        try {
            var document = JSON.readTree(json);
            if (document.isObject()) {
                return document;
            }
        } catch (JsonProcessingException e) {
            // Without Jackson's own words, which tell of its source and settings.
            var at = e.getLocation();
            throw new MalformedPolicyException(
                    at == null
                            ? "the policy is not valid JSON"
                            : "the policy is not valid JSON at line %d, column %d"
                                    .formatted(at.getLineNr(), at.getColumnNr()));
        }
        throw new MalformedPolicyException("the policy is not a JSON object");
    }

    private Statement located(JsonNode node, int index) {
        try {
            return statement(node);
        } catch (MalformedPolicyException e) {
            throw inStatement(index, e);
        }
    }

    static MalformedPolicyException inStatement(int index, MalformedPolicyException e) {
        return new MalformedPolicyException("Statement[" + index + "]: " + e.getMessage());
    }

    private Statement statement(JsonNode node) {
        known(
                node,
                "the statement",
                Set.of(
                        "Sid",
                        "Effect",
                        "Principal",
                        "NotPrincipal",
                        "Action",
                        "NotAction",
                        "Resource",
                        "NotResource",
                        "Condition"));
        var effect = node.path("Effect").asText("");
        if (!effect.equals("Allow") && !effect.equals("Deny")) {
            throw new MalformedPolicyException("Effect must be Allow or Deny");
        }
        return new Statement(
                effect.equals("Allow"),
                principals(node),
                node.has("NotAction"),
                either(node, "Action", "NotAction").stream().map(PolicyParser::action).toList(),
                node.has("NotResource"),
                either(node, "Resource", "NotResource").stream()
                        .map(resource -> ArnPattern.of(resource, variables))
                        .toList(),
                conditions(node.path("Condition")));
    }

    private @Nullable Principals principals(JsonNode statement) {
        if (statement.has("NotPrincipal")) {
            throw new MalformedPolicyException("NotPrincipal is not supported");
        }
        var principal = statement.path("Principal");
        if (!ofResource) {
            if (!principal.isMissingNode()) {
                throw new MalformedPolicyException("an identity policy takes no Principal");
            }
            return null;
        }
        if (principal.isTextual() && principal.asText().equals("*")) {
            return Principals.everyone();
        }
        if (!principal.isObject() || principal.isEmpty()) {
            throw new MalformedPolicyException("Principal must be * or an object such as AWS: …");
        }
        known(principal, "Principal", PRINCIPAL_TYPES);
        // The other types are checked for their form and match no caller of ours.
        principal.properties().forEach(type -> strings(type.getValue(), type.getKey()));
        var aws = principal.path("AWS");
        return Principals.of(aws.isMissingNode() ? List.of() : strings(aws, "AWS"));
    }

    private static Wildcard action(String text) {
        if (!ACTION.matcher(text).matches()) {
            throw new MalformedPolicyException("'" + text + "' is not an action: service:Name");
        }
        return Wildcard.of(text, Syntax.WILDCARDS, true);
    }

    private List<Condition> conditions(JsonNode node) {
        if (node.isMissingNode()) {
            return List.of();
        }
        var conditions = new ArrayList<Condition>();
        for (var operator : object(node, "Condition").properties()) {
            for (var key : object(operator.getValue(), operator.getKey()).properties()) {
                conditions.add(
                        Condition.parse(
                                operator.getKey(),
                                key.getKey(),
                                strings(key.getValue(), key.getKey()),
                                variables));
            }
        }
        return conditions;
    }

    private static JsonNode object(JsonNode node, String what) {
        if (!node.isObject()) {
            throw new MalformedPolicyException(what + " must be an object");
        }
        return node;
    }

    private static List<String> either(JsonNode node, String name, String not) {
        if (node.has(name) == node.has(not)) {
            throw new MalformedPolicyException("give one of " + name + " and " + not);
        }
        var given = node.has(name) ? name : not;
        return strings(node.path(given), given);
    }

    /** One value or a list of them; numbers and booleans are allowed where texts are. */
    private static List<String> strings(JsonNode node, String what) {
        var values = new ArrayList<String>();
        if (node.isArray()) {
            node.forEach(value -> values.add(string(value, what)));
        } else {
            values.add(string(node, what));
        }
        if (values.isEmpty()) {
            throw new MalformedPolicyException(what + " is empty");
        }
        return values;
    }

    private static String string(JsonNode node, String what) {
        if (!node.isValueNode() || node.isNull()) {
            throw new MalformedPolicyException(what + " must be a text or a list of texts");
        }
        return node.asText();
    }

    private static void known(JsonNode node, String what, Set<String> names) {
        object(node, what)
                .fieldNames()
                .forEachRemaining(name -> {
                    if (!names.contains(name)) {
                        throw new MalformedPolicyException(
                                "'" + name + "' is not an element of " + what);
                    }
                });
    }
}
