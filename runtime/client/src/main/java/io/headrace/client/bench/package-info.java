/** {@code headrace bench}: a cheap load generator on raw sockets, and what it measures. */
@NullMarked
package io.headrace.client.bench;

import org.jspecify.annotations.NullMarked;
