package io.headrace.node.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The settings cannot be used; says everything that is wrong with them, not only the first. */
public final class SettingsException extends Exception {
    private final transient List<Problem> problems;

    SettingsException(List<Problem> problems) {
        super(
                problems.stream()
                        .map(problem -> "  " + problem)
                        .collect(
                                Collectors.joining(
                                        "\n", "cannot start with these settings:\n", "")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
