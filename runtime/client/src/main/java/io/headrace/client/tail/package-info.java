/** {@code headrace tail}: follows every shard of a stream, parents before children. */
@NullMarked
package io.headrace.client.tail;

import org.jspecify.annotations.NullMarked;
