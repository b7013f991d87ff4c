/** The TLS port of a started node. */
@NullMarked
package io.headrace.acceptance.tls;

import org.jspecify.annotations.NullMarked;
