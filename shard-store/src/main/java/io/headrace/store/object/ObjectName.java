package io.headrace.store.object;

/** What every store takes for a name, so that data can move from one store to another. */
public final class ObjectName {
    private static final int SEGMENT_CHARS_MAX = 255;
    private static final int NAME_CHARS_MAX = 1024;

    private ObjectName() {}

    /**
     * Gives the name back.
     *
     * @throws IllegalArgumentException if it is none; that is a fault of the caller's code, since
     *     no name comes from outside unescaped
     */
    public static String checked(String name) {
        checkPrefix(name);
        if (name.isEmpty() || name.endsWith("/")) {
            throw new IllegalArgumentException("no object name: '" + name + "'");
        }
        return name;
    }

    /** True if it is one; for what others put beside ours. */
    public static boolean isOne(String name) {
        try {
            checked(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** As {@link #checked}, but the last segment may be cut or empty. */
    public static String checkPrefix(String prefix) {
        if (prefix.length() > NAME_CHARS_MAX) {
            throw new IllegalArgumentException("object name of " + prefix.length() + " characters");
        }
        int start = 0;
        for (int i = 0; i < prefix.length(); i++) {
            char c = prefix.charAt(i);
            boolean ends = c == '/';
            if (ends ? i == start : !allowed(c) || (c == '.' && i == start)) {
                throw new IllegalArgumentException("no object name: '" + prefix + "'");
            }
            if (ends) {
                start = i + 1;
            } else if (i - start >= SEGMENT_CHARS_MAX) {
                throw new IllegalArgumentException("segment too long: '" + prefix + "'");
            }
        }
        return prefix;
    }

    private static boolean allowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '='
                || c == '-';
    }
}
