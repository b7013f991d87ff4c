/** What the node counts and times, for Prometheus. */
@NullMarked
package io.headrace.node.metrics;

import org.jspecify.annotations.NullMarked;
