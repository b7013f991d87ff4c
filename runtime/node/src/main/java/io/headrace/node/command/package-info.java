/** The command line of the node. */
@NullMarked
package io.headrace.node.command;

import org.jspecify.annotations.NullMarked;
