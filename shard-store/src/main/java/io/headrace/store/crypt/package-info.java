/**
 * Encryption at rest: a local key file in the place of a key service, data keys per stream wrapped
 * by its keys, and block bodies sealed with them.
 */
@NullMarked
package io.headrace.store.crypt;

import org.jspecify.annotations.NullMarked;
