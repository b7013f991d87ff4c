/**
 * Starts a real node as a process for tests: {@link io.headrace.testkit.HeadraceNode} by hand,
 * {@link io.headrace.testkit.Headrace} on a JUnit 5 (or later) test class.
 */
@NullMarked
package io.headrace.testkit;

import org.jspecify.annotations.NullMarked;
