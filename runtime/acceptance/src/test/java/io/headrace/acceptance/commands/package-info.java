/** The command line for people, as a user runs it, against a node. */
@NullMarked
package io.headrace.acceptance.commands;

import org.jspecify.annotations.NullMarked;
