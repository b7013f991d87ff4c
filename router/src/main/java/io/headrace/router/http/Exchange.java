package io.headrace.router.http;

import io.headrace.router.wire.ErrorAnswer;
import io.headrace.router.wire.RequestBody;
import io.headrace.router.wire.WireErrors;
import io.headrace.router.wire.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its head to the last byte of its answer, through the stages of {@link Stage}.
 * Belongs to the connection's event loop.
 */
final class Exchange implements ConnectionGuard.Watched, ConnectionGuard.Reader {
    private static final int LINGER_BYTES_MAX = 64 << 20;

    private final FrontLoop loop;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final ConnectionGuard guard;
    private final EventLoop eventLoop;
    private final HeldBytes held;
    private final RequestFacts facts;

    private Stage stage = Stage.DISCARDING;
    private long stageSince;
    private @Nullable BodyBuffer body;
    private @Nullable Work work;
    private @Nullable Runnable afterDiscard;
    private @Nullable ResponseSink sink;
    private @Nullable AnswerPieces pieces;
    private long discardedBytes;
    private boolean requestEnded;
    private boolean working;
    private boolean closeAfterAnswer;

    /** What is to be done once the body is here. */
    @FunctionalInterface
    interface Work {
        void begin(RequestBody body);
    }

    Exchange(FrontLoop loop, HttpServerRequest request) {
        this.loop = loop;
        this.request = request;
        response = request.response();
        guard = ConnectionGuard.of(request.connection());
        eventLoop = guard.channel().eventLoop();
        held = new HeldBytes(guard, loop.shared, this::beginReading);
        stageSince = nanos();
        facts = new RequestFacts(loop.heads.nextRequestId(), stageSince);
    }

    void begin() {
        guard.opened(this);
        request.exceptionHandler(this::gone);
        response.exceptionHandler(this::gone);
        response.closeHandler(closed -> gone(null));
        request.handler(chunk -> chunk(((BufferInternal) chunk).getByteBuf()));
        request.endHandler(end -> requestEnded());
        guarded(new Dispatch(loop, this)::plan);
    }

    HttpServerRequest request() {
        return request;
    }

    RequestFacts facts() {
        return facts;
    }

    HeldBytes held() {
        return held;
    }

    long nanos() {
        return loop.services.ticker().nanos();
    }

    /** Reads the body and then begins the work. */
    void receive(int announced, Work next) {
        int bytesMax = loop.limits.bodyBytesMax();
        if (announced > bytesMax) {
            refuseTooLong();
            return;
        }
        work = next;
        body = new BodyBuffer(announced, bytesMax, loop.shared.arrays());
        // Of unknown length it is charged in full: growing while others grow too could end with
        // all of them waiting for each other.
        int charged = announced == BodyBuffer.UNKNOWN ? bytesMax : announced;
        if (held.body.take(HttpLimits.heldBytes(facts.format, charged))) {
            beginReading();
        } else {
            enter(Stage.WAITING);
            request.pause();
        }
    }

    /** Reads the body to its end, keeps nothing of it, and then answers. */
    void discardThen(Runnable answer) {
        if (expectsContinue()) {
            // It sends no body before it is told to, and need not.
            answer.run();
        } else {
            afterDiscard = answer;
        }
    }

    private boolean expectsContinue() {
        return request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true);
    }

    private void beginReading() {
        boolean waited = stage == Stage.WAITING;
        enter(Stage.READING);
        if (expectsContinue()) {
            var _ = response.writeContinue();
        }
        if (guard.isHttp2() && body != null) {
            guard.letSend((int) response.streamId(), body.bytesMax());
        }
        if (waited) {
            request.resume();
        }
    }

    @Override
    public void chunk(ByteBuf chunk) {
        int length = chunk.readableBytes();
        facts.bytesIn += length;
        if (stage == Stage.READING && body != null) {
            if (!body.add(chunk)) {
                refuseTooLong();
            }
            return;
        }
        discardedBytes += length;
        if (stage == Stage.DISCARDING && discardedBytes > loop.limits.bodyBytesMax()) {
            refuseTooLong();
        } else if (stage == Stage.LINGERING && discardedBytes > LINGER_BYTES_MAX) {
            close("it goes on sending");
        }
    }

    private void requestEnded() {
        requestEnded = true;
        if (stage == Stage.READING) {
            guarded(this::bodyRead);
        } else if (stage == Stage.DISCARDING && afterDiscard != null) {
            guarded(afterDiscard);
        } else if (stage == Stage.LINGERING) {
            close("the rest of the body is read");
        }
    }

    private void bodyRead() {
        var read = body;
        var next = work;
        if (read == null || next == null) {
            return;
        }
        body = null;
        enter(Stage.WORKING);
        if (!read.complete()) {
            fail(Refusals.truncated());
            return;
        }
        var whole = read.take();
        if (read.announced() == BodyBuffer.UNKNOWN) {
            held.body.shrinkTo(HttpLimits.heldBytes(facts.format, whole.length()));
        }
        working = true;
        next.begin(whole);
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Runs a task on the connection's event loop, at once if this is it; any thread. */
    void onLoop(Runnable task) {
        if (eventLoop.inEventLoop()) {
            guarded(task);
        } else {
            eventLoop.execute(() -> guarded(task));
        }
    }

    private void refuseTooLong() {
        body = null;
        closeAfterAnswer = true;
        fail(Refusals.tooLong(loop.limits.bodyBytesMax()));
    }

    /** Answers with an error in the request's format, or in XML if it named none. */
    void fail(Throwable failure) {
        if (stage == Stage.STREAMING && sink != null) {
            sink.refuse(failure);
        } else {
            answer(WireErrors.answer(failure, facts.requestId, facts.operation()));
        }
    }

    void answer(ErrorAnswer error) {
        facts.errorType = error.type();
        var format = facts.format;
        if (format == null) {
            answer(error.status(), "application/xml", error.xmlBody());
        } else {
            answer(error.status(), format.contentType(), error.body(format));
        }
    }

    /** Sends a whole answer; does nothing if the client is gone or was answered already. */
    void answer(int status, String contentType, Buffer answerBody) {
        if (workIsOver()) {
            loop.heads.common(request, facts.requestId);
            response.putHeader(HttpHeaders.CONTENT_TYPE, contentType);
            send(status, answerBody);
        }
    }

    void answerPreflight() {
        if (workIsOver()) {
            loop.heads.preflight(request, facts.requestId);
            send(200, Buffer.buffer());
        }
    }

    /** Whether there is still someone to answer. */
    private boolean workIsOver() {
        working = false;
        if (stage == Stage.DONE) {
            held.release();
            return false;
        }
        return stage != Stage.ANSWERING && stage != Stage.LINGERING;
    }

    private void send(int status, Buffer answerBody) {
        facts.status = status;
        int length = answerBody.length();
        response.setStatusCode(status);
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(length));
        closeAfterAnswer |= !requestEnded;
        if (!guard.isHttp2() && (closeAfterAnswer || loop.shared.draining().get())) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        held.charge(length);
        enter(Stage.ANSWERING);
        boolean headOnly = request.method().equals(HttpMethod.HEAD);
        facts.bytesOut = headOnly ? 0 : length;
        if (headOnly || length <= AnswerPieces.WHOLE_BYTES_MAX) {
            (headOnly ? response.end() : response.end(answerBody))
                    .onComplete(sent -> answered(sent.succeeded()));
        } else {
            pieces = new AnswerPieces(response, answerBody);
            pieces.send(this::answered);
        }
    }

    private void answered(boolean sent) {
        if (stage != Stage.ANSWERING) {
            return;
        }
        if (!sent) {
            facts.status = RequestLog.CLIENT_GONE;
            finish();
            return;
        }
        held.answerSent();
        if (!closeAfterAnswer) {
            finish();
        } else if (guard.isHttp2()) {
            // The answer is complete; the client is told to stop sending.
            guard.resetStream((int) response.streamId(), ConnectionGuard.NO_ERROR);
            finish();
        } else if (requestEnded) {
            close("answered");
        } else {
            enter(Stage.LINGERING);
            request.resume();
        }
    }

    /** Makes the answer an event stream. */
    ResponseSink openSink(WireFormat format) {
        enter(Stage.STREAMING);
        // It may go on for minutes, and its body is of no use any more.
        held.bodyDone();
        var opened = new ResponseSink(this, response, format);
        sink = opened;
        return opened;
    }

    /** Before the first message of an event stream. */
    void sendStreamHead(String contentType) {
        facts.status = 200;
        loop.heads.common(request, facts.requestId);
        response.putHeader(HttpHeaders.CONTENT_TYPE, contentType);
        response.setChunked(true);
    }

    /** An event stream is refused before anything of it was sent. */
    void refuseStream(Throwable refusal) {
        sink = null;
        enter(Stage.WORKING);
        fail(refusal);
    }

    /** We have ended the event stream. */
    void endStream() {
        working = false;
        if (stage == Stage.STREAMING) {
            enter(Stage.ANSWERING);
            response.end().onComplete(sent -> answered(sent.succeeded()));
        }
    }

    private void gone(@Nullable Throwable cause) {
        if (stage == Stage.ANSWERING && pieces != null && pieces.abandon()) {
            answered(false);
            return;
        }
        if (stage == Stage.DONE || stage == Stage.ANSWERING) {
            // Whether an answer was sent is told by its own future.
            return;
        }
        boolean unanswered = facts.status == 0;
        if (unanswered) {
            facts.status = RequestLog.CLIENT_GONE;
        }
        finish();
        if (unanswered && guard.isHttp2() && cause instanceof StreamResetException) {
            guard.countReset();
        }
    }

    private void finish() {
        if (stage == Stage.DONE) {
            return;
        }
        enter(Stage.DONE);
        if (body != null) {
            body.drop();
            body = null;
        }
        if (sink != null) {
            working = false;
            sink.finished();
        }
        if (working) {
            // What is written meanwhile is there until the work is over.
            held.refuseAnswer("The client has gone.");
        } else {
            held.release();
        }
        guard.closed(this);
        facts.report(request, loop.services.log(), stageSince);
    }

    private void close(String reason) {
        finish();
        guard.close(reason);
    }

    /** Ends the request; of an HTTP/2 connection only its stream. */
    private void cut(String reason) {
        facts.status = RequestLog.CLIENT_GONE;
        finish();
        if (guard.isHttp2()) {
            guard.resetStream((int) response.streamId(), ConnectionGuard.CANCEL);
        } else {
            guard.close(reason);
        }
    }

    private void enter(Stage next) {
        if (next == Stage.READING) {
            guard.bodyArrives();
            guard.beginsToRead(this);
        } else if (stage == Stage.READING) {
            guard.bodyEnded();
            guard.beginsToRead(null);
        }
        stage = next;
        stageSince = nanos();
    }

    @Override
    public void drain() {
        if (stage == Stage.STREAMING && sink != null) {
            sink.end();
        }
    }

    @Override
    public void sweep(long now) {
        long spent =
                switch (stage) {
                    case WAITING -> now - held.body.waitsSince();
                    case WORKING -> held.answerWaitedNanos(now, stageSince);
                    case STREAMING -> sink == null ? 0 : sink.stalledNanos(now);
                    case READING, DISCARDING, ANSWERING, LINGERING, DONE -> now - stageSince;
                };
        if (spent < stage.deadlineNanos(loop.limits)) {
            return;
        }
        switch (stage) {
            case WAITING -> {
                held.body.release();
                fail(Refusals.busy("Too many requests are in progress."));
            }
            case READING -> cut("the body is late");
            case DISCARDING -> cut("the body nobody wants is late");
            case ANSWERING -> cut("the answer is not read");
            case STREAMING -> cut("the event stream is not read");
            case LINGERING -> close("it goes on sending");
            case WORKING -> held.refuseAnswer("Too many answers are in progress.");
            case DONE -> {}
        }
    }
}
