/** The clients people already have, unchanged, calling every operation. */
@NullMarked
package io.headrace.acceptance.clients;

import org.jspecify.annotations.NullMarked;
