/**
 * {@code headrace put}: records from arguments, standard input and files, in batches, in order per
 * key.
 */
@NullMarked
package io.headrace.client.put;

import org.jspecify.annotations.NullMarked;
