/**
 * Copies of a node's data: taken of a running or a stopped node, checked when they are put back.
 */
@NullMarked
package io.headrace.node.backup;

import org.jspecify.annotations.NullMarked;
