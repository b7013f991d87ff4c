package io.headrace.router.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * SigV4's canonical form of a request, as every service but S3 has it: the path is normalised and
 * encoded once more over what was sent.
 */
final class CanonicalRequest {
    private CanonicalRequest() {}

    static String of(SignedRequest request, List<String> signedHeaders, String bodySha256) {
        var query = request.query();
        var canonical = new StringBuilder(512);
        canonical.append(request.method().toUpperCase(Locale.ROOT)).append('\n');
        canonical.append(path(request.path())).append('\n');
        canonical.append(query == null ? "" : QueryParameter.canonical(query)).append('\n');
        for (var name : signedHeaders) {
            canonical.append(name).append(':');
            var separator = "";
            for (var value : request.header(name)) {
                canonical.append(separator);
                trim(value, canonical);
                separator = ",";
            }
            canonical.append('\n');
        }
        canonical.append('\n').append(String.join(";", signedHeaders));
        return canonical.append('\n').append(bodySha256).toString();
    }

    static String path(String raw) {
        if (raw.isEmpty() || raw.equals("/")) {
            return "/";
        }
        var segments = new ArrayList<String>();
        var parts = raw.split("/", -1);
        for (var part : parts) {
            if (part.equals("..")) {
                if (!segments.isEmpty()) {
                    segments.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                segments.add(part);
            }
        }
        var last = parts[parts.length - 1];
        boolean folder = last.isEmpty() || last.equals(".") || last.equals("..");
        var joined = String.join("/", segments);
        var slash = folder && !joined.isEmpty() ? "/" : "";
        return "/" + QueryParameter.encode(joined, true) + slash;
    }

    /** Blanks around a value go, those inside become one space; quotes change nothing. */
    private static void trim(String value, StringBuilder to) {
        int start = to.length();
        boolean blank = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ' ' || (c >= '\t' && c <= '\r')) {
                blank = true;
            } else {
                if (blank && to.length() > start) {
                    to.append(' ');
                }
                to.append(c);
                blank = false;
            }
        }
    }
}
