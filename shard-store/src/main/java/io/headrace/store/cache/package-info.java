/** A bounded cache on the local disk of what a shared store holds. */
@NullMarked
package io.headrace.store.cache;

import org.jspecify.annotations.NullMarked;
