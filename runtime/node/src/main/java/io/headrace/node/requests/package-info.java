/** What the node notes of each request when it is over: meters, slow requests, the audit trail. */
@NullMarked
package io.headrace.node.requests;

import org.jspecify.annotations.NullMarked;
