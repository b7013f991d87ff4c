/** Processes killed and disks cut off under load, and what must be left. */
@NullMarked
package io.headrace.acceptance.crash;

import org.jspecify.annotations.NullMarked;
