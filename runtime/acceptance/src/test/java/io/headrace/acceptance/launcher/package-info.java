/** The launcher and the distribution, as someone uses them who has never seen the sources. */
@NullMarked
package io.headrace.acceptance.launcher;

import org.jspecify.annotations.NullMarked;
