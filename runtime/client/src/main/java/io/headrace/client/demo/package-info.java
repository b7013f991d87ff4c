/** {@code headrace demo}: a node, a stream and a clickstream, live. */
@NullMarked
package io.headrace.client.demo;

import org.jspecify.annotations.NullMarked;
