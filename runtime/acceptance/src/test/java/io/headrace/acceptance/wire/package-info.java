/** What the node answers to bytes on its port, written and read without any AWS client. */
@NullMarked
package io.headrace.acceptance.wire;

import org.jspecify.annotations.NullMarked;
