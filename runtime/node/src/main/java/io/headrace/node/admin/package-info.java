/**
 * What only an operator may ask of a running node: operations of a service of our own beside those
 * of AWS, signed and audited as they are, and the client that commands ask them with.
 */
@NullMarked
package io.headrace.node.admin;

import org.jspecify.annotations.NullMarked;
