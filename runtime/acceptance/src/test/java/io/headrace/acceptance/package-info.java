/** What the tests of a whole node share: the endpoint they run against. */
@NullMarked
package io.headrace.acceptance;

import org.jspecify.annotations.NullMarked;
