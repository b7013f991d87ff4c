/** The Data Streams operations. */
@NullMarked
package io.headrace.router.streams;

import org.jspecify.annotations.NullMarked;
