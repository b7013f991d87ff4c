/**
 * The object store port on an S3-compatible server. {@link io.headrace.objects.S3Store} is the
 * port, {@code S3Connection} one signed request, and {@link io.headrace.objects.S3Probe} shows at
 * start that the server keeps the one promise everything rests on.
 */
@NullMarked
package io.headrace.objects;

import org.jspecify.annotations.NullMarked;
