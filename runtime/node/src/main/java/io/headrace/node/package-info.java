/**
 * The node: reads the settings, opens the parts in order, says when it is ready, and closes them in
 * reverse. The only place that knows every part, and the only one that asks the system for time and
 * chance.
 */
@NullMarked
package io.headrace.node;

import org.jspecify.annotations.NullMarked;
