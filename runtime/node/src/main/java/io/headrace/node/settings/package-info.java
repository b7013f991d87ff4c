/**
 * What can be set, read once at the start: defaults, then the configuration file, then the
 * environment, then the command line.
 *
 * <p>{@link io.headrace.node.settings.Keys} is the one list of what there is; the command line's
 * options, the environment's names, the file's keys and the documentation all come from it. {@link
 * io.headrace.node.settings.SettingsReader} collects every problem before it fails.
 */
@NullMarked
package io.headrace.node.settings;

import org.jspecify.annotations.NullMarked;
