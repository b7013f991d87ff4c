package io.headrace.objects;

import io.headrace.store.object.ObjectName;
import io.minio.Xml;
import io.minio.errors.XmlParserException;
import io.minio.messages.ListBucketResultV2;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of a bucket, page by page (ListObjectsV2). */
final class S3Listing {
    private static final String PAGE_NAMES_MAX = "1000";

    private final Caller caller;
    private final String keyPrefix;

    /** Sends a request, and gives back only the answer of a success. */
    @FunctionalInterface
    interface Caller {
        S3Answer call(S3Request request) throws IOException;
    }

    S3Listing(Caller caller, String keyPrefix) {
        this.caller = caller;
        this.keyPrefix = keyPrefix;
    }

    /** Names of ours that begin with the prefix, in order; keys that are no such names are left. */
    List<String> names(String prefix) throws IOException {
        var names = new ArrayList<String>();
        var query =
                new HashMap<>(
                        Map.of(
                                "list-type",
                                "2",
                                "prefix",
                                keyPrefix + prefix,
                                "max-keys",
                                PAGE_NAMES_MAX,
                                // Keys that XML cannot say would make the page unreadable.
                                "encoding-type",
                                "url"));
        while (true) {
            var page = parse(caller.call(S3Request.ofBucket(query)));
            for (var item : page.contents()) {
                addName(decoded(page, item.objectName()), names);
            }
            if (!page.isTruncated()) {
                names.sort(null);
                return names;
            }
            var next = page.nextContinuationToken();
            if (next == null || next.equals(query.put("continuation-token", next))) {
                throw new IOException(
                        "the listing of " + keyPrefix + prefix + " does not go on after a page");
            }
        }
    }

    private void addName(String key, List<String> names) {
        if (key.startsWith(keyPrefix)) {
            var name = key.substring(keyPrefix.length());
            if (ObjectName.isOne(name)) {
                names.add(name);
            }
        }
    }

    private static String decoded(ListBucketResultV2 page, String key) {
        return "url".equals(page.encodingType())
                ? URLDecoder.decode(key, StandardCharsets.UTF_8)
                : key;
    }

    private static ListBucketResultV2 parse(S3Answer answer) throws IOException {
        try {
            var text = StandardCharsets.UTF_8.decode(answer.body()).toString();
            return Xml.unmarshal(ListBucketResultV2.class, text);
        } catch (XmlParserException e) {
            throw new IOException("the server's listing could not be read", e);
        }
    }
}
