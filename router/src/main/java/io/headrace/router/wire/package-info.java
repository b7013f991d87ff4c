/**
 * Protocols: operation table, JSON and CBOR codecs over the AWS model classes, constraints, errors.
 */
@NullMarked
package io.headrace.router.wire;

import org.jspecify.annotations.NullMarked;
