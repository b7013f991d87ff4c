/** The newest committed blocks in the memory of all nodes. */
@NullMarked
package io.headrace.cluster.hot;

import org.jspecify.annotations.NullMarked;
