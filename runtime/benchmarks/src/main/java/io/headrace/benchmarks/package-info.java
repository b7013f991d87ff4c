/**
 * The limits that figures are quoted against, measured in the same run, and the codecs under JMH.
 * {@code docs/performance.md} says how to run each.
 */
@NullMarked
package io.headrace.benchmarks;

import org.jspecify.annotations.NullMarked;
