/** What nodes say to each other: messages, their bytes, and calls over the event bus. */
@NullMarked
package io.headrace.cluster.wire;

import org.jspecify.annotations.NullMarked;
