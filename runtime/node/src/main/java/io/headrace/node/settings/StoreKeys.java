package io.headrace.node.settings;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Where what is kept lies, if not in the data directory. */
final class StoreKeys {
    static final Key<String> STORE =
            new Key<>(
                    "store",
                    "URL",
                    null,
                    Parsers::store,
                    false,
                    "Where streams are kept: s3://bucket/prefix on an S3-compatible server, or"
                            + " file:///directory. Without it the data directory, for one node.");
    static final Key<Boolean> SHARED =
            new Key<>(
                    "shared",
                    "true|false",
                    "false",
                    Parsers::flag,
                    false,
                    "The directory of store is on a file system that all nodes share.");
    static final Key<URI> ENDPOINT =
            new Key<>(
                    "s3.endpoint",
                    "URL",
                    null,
                    Parsers::endpoint,
                    false,
                    "Address of the S3-compatible server, for example http://10.0.0.5:9000.");
    static final Key<String> REGION =
            new Key<>(
                    "s3.region",
                    "NAME",
                    "us-east-1",
                    Parsers::text,
                    false,
                    "Region that requests to the S3-compatible server are signed for.");
    static final Key<Path> CREDENTIALS =
            new Key<>(
                    "s3.credentials",
                    "FILE",
                    null,
                    Parsers::readableFile,
                    false,
                    "File with the keys to the S3-compatible server: AWS_ACCESS_KEY_ID=… and"
                            + " AWS_SECRET_ACCESS_KEY=…, a line each. Without it the environment's"
                            + " variables of these names.");

    static final Key<Long> CACHE_BYTES =
            new Key<>(
                    "cache-bytes",
                    "SIZE",
                    null,
                    Parsers::cacheBytes,
                    false,
                    "How much of what is read from store is kept in the data directory, for"
                            + " example 10GiB; 0 for nothing, then nothing is read ahead either."
                            + " Without it, for s3://, a fifth of what is free on the disk at the"
                            + " start, 10GiB at most; for file:// nothing.");

    static final List<Key<?>> ALL =
            List.of(STORE, SHARED, ENDPOINT, REGION, CREDENTIALS, CACHE_BYTES);

    private StoreKeys() {}
}
