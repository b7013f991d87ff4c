/** The HTTP server: connections, deadlines, bodies, dispatch. */
@NullMarked
package io.headrace.router.http;

import org.jspecify.annotations.NullMarked;
