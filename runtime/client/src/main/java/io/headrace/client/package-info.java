/**
 * The commands that talk to any Kinesis endpoint. Start at {@link io.headrace.client.Main}; each
 * command has a package: {@code stream}, {@code put}, {@code tail}, {@code bench}, {@code demo}.
 */
@NullMarked
package io.headrace.client;

import org.jspecify.annotations.NullMarked;
