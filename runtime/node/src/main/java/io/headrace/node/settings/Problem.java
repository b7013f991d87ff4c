package io.headrace.node.settings;

/**
 * One thing wrong with the settings.
 *
 * @param key the setting, as it is written at its source
 * @param source for example {@code --port}, {@code environment}, {@code headrace.yaml line 3}
 */
public record Problem(String key, String source, String reason) {
    @Override
    public String toString() {
        return key + " (" + source + "): " + reason;
    }
}
