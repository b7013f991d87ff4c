/**
 * Log lines: text for people, JSON for machines; configured in code, because that starts faster.
 */
@NullMarked
package io.headrace.node.logging;

import org.jspecify.annotations.NullMarked;
