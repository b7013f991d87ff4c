package io.headrace.router.auth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One question to the policies, and the values of the keys they may ask for. */
record AccessRequest(
        Caller caller, String action, Resource resource, Conditions conditions, Instant now) {
    private static final String RESOURCE_TAG = "aws:resourcetag/";

    /** The account that owns the resource; the caller's for what belongs to no one, like a list. */
    String resourceAccount() {
        var parts = resource.arn().split(":", 6);
        return parts.length == 6 && !parts[4].isEmpty() && !parts[4].equals("*")
                ? parts[4]
                : caller.accountId();
    }

    boolean crossAccount() {
        return !resourceAccount().equals(caller.accountId());
    }

    /** The same question, if there were no such resource. */
    AccessRequest asOfAbsent() {
        return new AccessRequest(caller, action, resource.asAbsent(), conditions, now);
    }

    /** The values of a condition key; empty if it is absent. What we know ourselves goes first. */
    List<String> values(String lowerCaseKey) {
        return switch (lowerCaseKey) {
            case "aws:principalarn" -> List.of(Principals.identityArn(caller.principalArn()));
            case "aws:principalaccount" -> List.of(caller.accountId());
            case "aws:principaltype" -> List.of(principalType());
            case "aws:username" ->
                    principalType().equals("User") ? List.of(caller.userName()) : List.of();
            case "aws:resourceaccount" -> List.of(resourceAccount());
            case "aws:currenttime" -> List.of(now.toString());
            case "aws:epochtime" -> List.of(Long.toString(now.getEpochSecond()));
            default ->
                    lowerCaseKey.startsWith(RESOURCE_TAG)
                            ? RequestConditions.tagged(
                                    resource.tags(), lowerCaseKey.substring(RESOURCE_TAG.length()))
                            : conditions.values(lowerCaseKey);
        };
    }

    /** A policy variable stands for exactly one value, or for nothing. */
    Optional<String> variable(String lowerCaseKey) {
        var values = values(lowerCaseKey);
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    private String principalType() {
        if (caller.isRoot()) {
            return "Account";
        }
        return caller.principalArn().contains(":user/") ? "User" : "AssumedRole";
    }
}
