package io.headrace.node.settings;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be set.
 *
 * @param name lower case words joined by dashes, sections by dots: {@code log.format}
 * @param fallback the default as it would be written, null if there is none
 * @param parser turns text into the value, or throws IllegalArgumentException whose message says
 *     what is wrong
 * @param secret never shown, and not an option, because a command line is for all to see
 */
public record Key<T>(
        String name,
        String placeholder,
        @Nullable String fallback,
        Parser<T> parser,
        boolean secret,
        String doc) {

    /** From text to value. */
    @FunctionalInterface
    public interface Parser<T> {
        T parse(String text);
    }

    /** {@code log.format} is {@code HEADRACE_LOG_FORMAT}. */
    public String environmentName() {
        return ENVIRONMENT_PREFIX
                + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** {@code log.format} is {@code --log-format}. */
    public String optionName() {
        return "--" + name.replace('.', '-');
    }

    public boolean isFlag() {
        return "false".equals(fallback);
    }

    static final String ENVIRONMENT_PREFIX = "HEADRACE_";
}
