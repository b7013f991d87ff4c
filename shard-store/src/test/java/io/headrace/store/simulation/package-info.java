/** Machines that share a store, one step at a time. */
@NullMarked
package io.headrace.store.simulation;

import org.jspecify.annotations.NullMarked;
