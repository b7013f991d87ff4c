/** Each error that the service model lists for each operation, provoked through the Java SDK. */
@NullMarked
package io.headrace.acceptance.errors;

import org.jspecify.annotations.NullMarked;
