/**
 * Byte-level codecs of the hot operations: from a request's bytes to records and from blocks to an
 * answer's bytes, in JSON and CBOR, without model classes. {@link io.headrace.router.codec.PutBody}
 * is the way in, {@link io.headrace.router.codec.RecordsWriter} the way out.
 */
@NullMarked
package io.headrace.router.codec;

import org.jspecify.annotations.NullMarked;
