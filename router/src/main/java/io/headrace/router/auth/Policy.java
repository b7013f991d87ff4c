package io.headrace.router.auth;

import java.util.List;

/**
 * An IAM policy document, parsed. An identity policy says what its owner may do and names no
 * principal; a resource policy says who may do something with its resource. Immutable.
 */
public final class Policy {
    /** What one kind of policies says; the order of the constants has no meaning. */
    enum Verdict {
        /** No statement applies. */
        SILENT,
        /** Only a statement for the caller's whole account allows. */
        ALLOW_ACCOUNT,
        ALLOW,
        DENY
    }

    private static final Policy ALLOW_ALL =
            parseIdentity(
                    """
                    {"Version":"2012-10-17",\
                    "Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}\
                    """);

    private static final Policy DENY_ALL =
            parseResource(
                    """
                    {"Version":"2012-10-17",\
                    "Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}\
                    """);

    private final String json;
    private final List<Statement> statements;

    Policy(String json, List<Statement> statements) {
        this.json = json;
        this.statements = List.copyOf(statements);
    }

    /**
     * An identity policy.
     *
     * @throws MalformedPolicyException with a message for whoever wrote it
     */
    public static Policy parseIdentity(String json) {
        return new PolicyParser(json, false).parse();
    }

    /**
     * A resource policy, as PutResourcePolicy takes it.
     *
     * @throws MalformedPolicyException with a message for whoever wrote it
     */
    public static Policy parseResource(String json) {
        return new PolicyParser(json, true).parse();
    }

    /**
     * A resource policy that was accepted before, perhaps by a newer version: what this one does
     * not understand denies everything, because it may have been meant to.
     */
    public static Policy stored(String json) {
        try {
            return parseResource(json);
        } catch (MalformedPolicyException e) {
            return new Policy(json, DENY_ALL.statements);
        }
    }

    /** The identity policy of an administrator. */
    public static Policy allowAll() {
        return ALLOW_ALL;
    }

    /**
     * Refuses a resource policy that names other resources than the one it is for, or actions of
     * another service.
     *
     * @param service what stands before the colon of its actions
     * @throws MalformedPolicyException with a message for whoever wrote it
     */
    public void requireAbout(String service, String arn) {
        for (int i = 0; i < statements.size(); i++) {
            try {
                statements.get(i).requireAbout(service, arn);
            } catch (MalformedPolicyException e) {
                throw PolicyParser.inStatement(i, e);
            }
        }
    }

    /** The document as it was given. */
    public String json() {
        return json;
    }

    /** An explicit denial wins over every permission. */
    static Verdict evaluate(List<Policy> policies, AccessRequest request) {
        var verdict = Verdict.SILENT;
        for (var policy : policies) {
            for (var statement : policy.statements) {
                var match = statement.match(request);
                if (match == Principals.Match.NONE) {
                    continue;
                }
                if (!statement.allow()) {
                    return Verdict.DENY;
                }
                if (match == Principals.Match.PRINCIPAL) {
                    verdict = Verdict.ALLOW;
                } else if (verdict == Verdict.SILENT) {
                    verdict = Verdict.ALLOW_ACCOUNT;
                }
            }
        }
        return verdict;
    }

    @Override
    public String toString() {
        return json;
    }
}
