/**
 * The HTTP server: connections, deadlines, bodies, dispatch. In the order of a request's way:
 *
 * <ul>
 *   <li>{@link io.headrace.router.http.HttpFront} starts and stops one {@code FrontVerticle} an
 *       event loop.
 *   <li>{@code GuardedTransport} puts a {@code ConnectionGuard} before everything else on each
 *       connection; {@code Connections} counts them and sweeps their deadlines.
 *   <li>{@code UpgradeHold} and {@code BodyTap} mend what Vert.x does with upgrades and bodies.
 *   <li>{@code Exchange} is one request in its {@code Stage}s. {@code HeldBytes} is what it holds:
 *       a {@code Share} of one {@code ByteBudget}, taken before its body is read into a {@code
 *       BodyBuffer}, and an {@code AnswerShare} of another, taken before a long answer is written.
 *   <li>{@code Dispatch} finds the operation or {@link io.headrace.router.http.Route}, has the
 *       caller authenticated, and runs it where it may run: on the event loop, on a virtual thread,
 *       or behind {@code BlockingCalls}; {@code ResponseSink} is the answer of an event stream.
 *   <li>{@link io.headrace.router.http.RequestLog} hears of it in the end.
 * </ul>
 */
@NullMarked
package io.headrace.router.http;

import org.jspecify.annotations.NullMarked;
