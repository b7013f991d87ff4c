/**
 * The block format: records encoded once at the front door and copied as bytes from there to the
 * reader.
 */
@NullMarked
package io.headrace.store.record;

import org.jspecify.annotations.NullMarked;
