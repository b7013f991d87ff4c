package io.headrace.router.auth;

import io.headrace.router.auth.Wildcard.Syntax;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * The operators of IAM conditions, without their prefixes and suffixes.
 *
 * @param compiler makes the positive's test of one value of the policy
 */
record ConditionOperator(boolean negated, Compiler compiler) {
    /** Whether a value of the request matches one value of the policy. */
    interface Test {
        /**
         * Compares as the positive operator does.
         *
         * @throws IllegalArgumentException or DateTimeException the value is of another type
         */
        boolean matches(String value, AccessRequest request);
    }

    /** Compiles one value of the policy; refuses one of another type. */
    interface Compiler {
        Test compile(String policyValue, boolean variables);
    }

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{1,30})?");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,12}");
    private static final Map<String, ConditionOperator> BY_NAME = byName();

    static Optional<ConditionOperator> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    Test compile(String policyValue, boolean variables) {
        try {
            return compiler.compile(policyValue, variables);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new MalformedPolicyException(
                    "'" + policyValue + "' in a condition: " + e.getMessage());
        }
    }

    private static Map<String, ConditionOperator> byName() {
        var operators = new HashMap<String, ConditionOperator>();
        both(operators, "StringEquals", "StringNotEquals", text(false, false));
        both(operators, "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", text(false, true));
        both(operators, "StringLike", "StringNotLike", text(true, false));
        both(operators, "ArnEquals", "ArnNotEquals", ConditionOperator::arn);
        both(operators, "ArnLike", "ArnNotLike", ConditionOperator::arn);
        both(operators, "IpAddress", "NotIpAddress", ConditionOperator::address);
        operators.put("BinaryEquals", new ConditionOperator(false, ConditionOperator::binary));
        operators.put("Bool", new ConditionOperator(false, ConditionOperator::bool));
        ordered(operators, "Numeric", ConditionOperator::numeric);
        ordered(operators, "Date", ConditionOperator::date);
        return Map.copyOf(operators);
    }

    private static void both(
            Map<String, ConditionOperator> operators, String is, String isNot, Compiler compiler) {
        operators.put(is, new ConditionOperator(false, compiler));
        operators.put(isNot, new ConditionOperator(true, compiler));
    }

    /** Compares a value of the request with one of the policy, like {@link Comparable}. */
    private interface Order {
        Test test(String policyValue, IntPredicate wanted);
    }

    private static void ordered(
            Map<String, ConditionOperator> operators, String type, Order order) {
        both(
                operators,
                type + "Equals",
                type + "NotEquals",
                (value, _) -> order.test(value, c -> c == 0));
        operators.put(type + "LessThan", ordering(order, c -> c < 0));
        operators.put(type + "LessThanEquals", ordering(order, c -> c <= 0));
        operators.put(type + "GreaterThan", ordering(order, c -> c > 0));
        operators.put(type + "GreaterThanEquals", ordering(order, c -> c >= 0));
    }

    private static ConditionOperator ordering(Order order, IntPredicate wanted) {
        return new ConditionOperator(false, (value, _) -> order.test(value, wanted));
    }

    private static Compiler text(boolean wildcards, boolean ignoreCase) {
        return (value, variables) ->
                Wildcard.of(value, Syntax.of(wildcards, variables), ignoreCase)::matches;
    }

    private static Test arn(String policyValue, boolean variables) {
        return ArnPattern.of(policyValue, variables)::matches;
    }

    private static Test address(String policyValue, boolean variables) {
        var range = AddressRange.parse(policyValue);
        return (value, _) -> range.contains(value);
    }

    /** Both sides are in Base64. */
    private static Test binary(String policyValue, boolean variables) {
        byte[] wanted = Base64.getDecoder().decode(policyValue);
        return (value, _) -> Arrays.equals(Base64.getDecoder().decode(value), wanted);
    }

    private static Test bool(String policyValue, boolean variables) {
        boolean wanted = booleanOf(policyValue);
        return (value, _) -> booleanOf(value) == wanted;
    }

    private static boolean booleanOf(String value) {
        if (value.equalsIgnoreCase("true")) {
            return true;
        }
        if (value.equalsIgnoreCase("false")) {
            return false;
        }
        throw new IllegalArgumentException("neither true nor false");
    }

    private static Test numeric(String policyValue, IntPredicate wanted) {
        var bound = number(policyValue);
        return (value, _) -> wanted.test(number(value).compareTo(bound));
    }

    private static BigDecimal number(String value) {
        if (!NUMBER.matcher(value).matches()) {
            throw new IllegalArgumentException("not a number");
        }
        return new BigDecimal(value);
    }

    private static Test date(String policyValue, IntPredicate wanted) {
        var bound = instant(policyValue);
        return (value, _) -> wanted.test(instant(value).compareTo(bound));
    }

    /** A day, a time with its offset, or seconds since the epoch. */
    private static Instant instant(String value) {
        if (SECONDS.matcher(value).matches()) {
            return Instant.ofEpochSecond(Long.parseLong(value));
        }
        return value.contains("T")
                ? OffsetDateTime.parse(value).toInstant()
                : LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
