/** The object store port: named immutable objects with one primitive, create-if-absent. */
@NullMarked
package io.headrace.store.object;

import org.jspecify.annotations.NullMarked;
