@NullMarked
package io.headrace.router.codec;

import org.jspecify.annotations.NullMarked;
