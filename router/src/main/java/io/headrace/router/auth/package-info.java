/** Who asks, and whether they may: SigV4, identities, policies. */
@NullMarked
package io.headrace.router.auth;

import org.jspecify.annotations.NullMarked;
