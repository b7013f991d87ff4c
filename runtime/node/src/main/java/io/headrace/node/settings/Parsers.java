package io.headrace.node.settings;

import io.headrace.router.auth.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** From text to values; each refuses with an IllegalArgumentException that says what is wanted. */
final class Parsers {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,12})(KiB|MiB|GiB|TiB)?");
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z]+)+-\\d{1,2}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,63}");
    private static final Pattern MEMBER =
            Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:\\d{1,5})?");
    private static final Pattern ACCESS_KEY_ID = Pattern.compile("\\w{1,128}");

    private Parsers() {}

    static String text(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is empty");
        }
        return text.strip();
    }

    static int port(String text) {
        int port = parseInt(text, "a port, 0 to 65535");
        if (port < 0 || port > 65535) {
            throw wanted("a port, 0 to 65535", text);
        }
        return port;
    }

    static boolean flag(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wanted("true or false", text);
        };
    }

    static Path path(String text) {
        try {
            return Path.of(text(text)).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path: " + e.getMessage(), e);
        }
    }

    static Path readableFile(String text) {
        var path = path(text);
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw new IllegalArgumentException("no readable file: " + path);
        }
        return path;
    }

    static String account(String text) {
        return matching(ACCOUNT, text, "twelve digits");
    }

    static String region(String text) {
        return matching(REGION, text, "a region's name such as eu-west-1");
    }

    static String accessKeyId(String text) {
        return matching(ACCESS_KEY_ID, text, "1 to 128 letters, digits and underscores");
    }

    static Secret secret(String text) {
        return Secret.of(text(text));
    }

    /** {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}, {@code 7d}. */
    static Duration duration(String text) {
        var match = DURATION.matcher(text.strip());
        if (!match.matches()) {
            throw wanted("a time with its unit (ms, s, m, h, d) such as 500ms or 5s", text);
        }
        long amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            case "d" -> Duration.ofDays(amount);
            default -> throw new AssertionError(match.group(2));
        };
    }

    /** {@code 0}, {@code 1000000}, {@code 64MiB}, {@code 10GiB}. */
    static long bytes(String text) {
        var match = BYTES.matcher(text.strip());
        if (!match.matches()) {
            throw wanted("bytes, or a size with its unit (KiB, MiB, GiB, TiB) such as 10GiB", text);
        }
        int shift =
                switch (match.group(2)) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    case "GiB" -> 30;
                    case "TiB" -> 40;
                    case null, default -> 0;
                };
        long amount = Long.parseLong(match.group(1));
        if (amount > Long.MAX_VALUE >> shift) {
            throw wanted("a size below 8 EiB", text);
        }
        return amount << shift;
    }

    /** As {@link #bytes}: 0, or as much as is worth it. */
    static long cacheBytes(String text) {
        long bytes = bytes(text);
        if (bytes > 0 && bytes < Settings.CACHE_BYTES_MIN) {
            throw wanted("0, or at least 64MiB", text);
        }
        return bytes;
    }

    static double share(String text) {
        try {
            double share = Double.parseDouble(text.strip());
            if (share >= 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    wanted("a number from 0 to 1", text).getMessage(), e);
        }
        throw wanted("a number from 0 to 1", text);
    }

    static String httpUrl(String text) {
        try {
            var uri = new URI(text.strip());
            var scheme = uri.getScheme();
            if (uri.getHost() != null && ("http".equals(scheme) || "https".equals(scheme))) {
                return uri.toString();
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + e.getMessage(), e);
        }
        throw wanted("an http or https URL", text);
    }

    static URI endpoint(String text) {
        return URI.create(httpUrl(text));
    }

    /** {@code s3://bucket/prefix} or {@code file:///directory}, as it is written. */
    static String store(String text) {
        var stripped = text.strip();
        if (stripped.startsWith("s3://") && stripped.length() > 5) {
            return stripped;
        }
        try {
            var uri = new URI(stripped);
            if ("file".equals(uri.getScheme()) && uri.getAuthority() == null) {
                return Path.of(uri).toUri().toString();
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IllegalArgumentException("not a URL: " + e.getMessage(), e);
        }
        throw wanted("s3://bucket/prefix or file:///directory", text);
    }

    static String name(String text) {
        return matching(NAME, text, "1 to 63 letters, digits, dots, colons, dashes, underscores");
    }

    /** {@code host[:port],…}; none is fine, for the first of a cluster. */
    static List<String> members(String text) {
        var members =
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(Predicate.not(String::isEmpty))
                        .toList();
        for (var member : members) {
            matching(MEMBER, member, "host or host:port, several separated by commas");
        }
        return members;
    }

    static <E extends Enum<E>> Key.Parser<E> choice(Class<E> type) {
        return text -> {
            for (var constant : type.getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(text.strip())) {
                    return constant;
                }
            }
            var names =
                    Arrays.stream(type.getEnumConstants())
                            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "));
            throw wanted("one of " + names, text);
        };
    }

    static String matching(Pattern pattern, String text, String what) {
        var stripped = text.strip();
        if (!pattern.matcher(stripped).matches()) {
            throw wanted(what, text);
        }
        return stripped;
    }

    private static int parseInt(String text, String what) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(wanted(what, text).getMessage(), e);
        }
    }

    private static IllegalArgumentException wanted(String what, String text) {
        return new IllegalArgumentException("must be " + what + ", not '" + text + "'");
    }
}
