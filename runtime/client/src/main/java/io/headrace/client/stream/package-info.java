/** {@code headrace stream}: create, look at and reshape streams. */
@NullMarked
package io.headrace.client.stream;

import org.jspecify.annotations.NullMarked;
