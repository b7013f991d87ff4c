/** A web shop's clicks: seeded, skewed and endless; for the demo, the bench and tests. */
@NullMarked
package io.headrace.client.clickstream;

import org.jspecify.annotations.NullMarked;
