@NullMarked
package io.headrace.router.auth;

import org.jspecify.annotations.NullMarked;
