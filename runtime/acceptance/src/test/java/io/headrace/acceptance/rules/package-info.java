/** The rules of the house that a machine can check. */
@NullMarked
package io.headrace.acceptance.rules;

import org.jspecify.annotations.NullMarked;
