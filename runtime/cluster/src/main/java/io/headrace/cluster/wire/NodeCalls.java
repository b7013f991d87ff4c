package io.headrace.cluster.wire;

import io.headrace.cluster.wire.MessageFormat.Letter;
import io.headrace.store.ErrorCode;
import io.headrace.store.RefusedException;
import io.headrace.store.Ticker;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageProducer;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions to other nodes and their answers, over the event bus. Each node has one address, and
 * what one thread sends to a node arrives in that order. The bus tells who asks with a reply
 * address nothing of a connection that could not be made; here a question fails at once then, and
 * when its node is given up.
 *
 * <p>Any thread may call, and never waits. Answers are completed on an event loop.
 */
public final class NodeCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCalls.class);
    private static final long SWEEP_MS = 50;

    /** Answers questions on an event loop, so it only hands over. */
    public interface Respondent {
        CompletableFuture<? extends Message.Answer> answer(UUID asker, Message.Question question);
    }

    private record Call(
            UUID node,
            String question,
            long deadlineNanos,
            CompletableFuture<Message.Answer> answer) {}

    private final Vertx vertx;
    private final UUID self;
    private final Ticker ticker;
    private final AtomicLong numbers = new AtomicLong();
    private final ConcurrentHashMap<Long, Call> calls = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<UUID, MessageProducer<Letter>> producers =
            new ConcurrentHashMap<>();
    private final long sweep;
    private volatile @Nullable MessageConsumer<Letter> consumer;

    public NodeCalls(Vertx vertx, UUID self, Ticker ticker) {
        this.vertx = vertx;
        this.self = self;
        this.ticker = ticker;
        vertx.eventBus().registerDefaultCodec(Letter.class, new LetterCodec());
        sweep = vertx.setPeriodic(SWEEP_MS, timer -> failOverdue());
    }

    /** The address of a node, by its id. */
    public static String address(UUID node) {
        return ADDRESS_PREFIX + node;
    }

    /** What all addresses of nodes begin with; the node's id follows. */
    public static final String ADDRESS_PREFIX = "headrace.node.";

    public UUID self() {
        return self;
    }

    /** From now on questions of others are answered; once. */
    public void serve(Respondent respondent) {
        consumer =
                vertx.eventBus()
                        .<Letter>consumer(
                                address(self), received -> receive(received.body(), respondent));
    }

    /**
     * Asks a node.
     *
     * @return fails with {@link RefusedException} if the node refused, else with {@link
     *     CallFailedException}
     */
    public CompletableFuture<Message.Answer> call(
            UUID node, Message.Question question, long timeoutMs) {
        var answer = new CompletableFuture<Message.Answer>();
        long number = numbers.incrementAndGet();
        long deadline = ticker.nanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        calls.put(number, new Call(node, question.getClass().getSimpleName(), deadline, answer));
        send(node, new Letter(self, number, question))
                .onFailure(failure -> fail(number, !isUnreachable(failure), failure));
        return answer;
    }

    /** The node is gone: what it was asked will not be answered. */
    public void giveUp(UUID node) {
        producers.remove(node);
        calls.forEach((number, call) -> {
            if (call.node().equals(node) && calls.remove(number, call)) {
                call.answer()
                        .completeExceptionally(
                                new CallFailedException(true, "node " + node + " is gone"));
            }
        });
    }

    @Override
    public void close() {
        vertx.cancelTimer(sweep);
        var consuming = consumer;
        if (consuming != null) {
            consuming.unregister();
        }
        calls.forEach((number, call) -> {
            if (calls.remove(number, call)) {
                call.answer()
                        .completeExceptionally(
                                new CallFailedException(true, "this node is closing"));
            }
        });
    }

    private io.vertx.core.Future<Void> send(UUID node, Letter letter) {
        var producer =
                producers.computeIfAbsent(
                        node,
                        id ->
                                vertx.eventBus()
                                        .<Letter>sender(
                                                address(id),
                                                new DeliveryOptions()
                                                        .setCodecName(LetterCodec.NAME)));
        return producer.write(letter);
    }

    private void receive(Letter letter, Respondent respondent) {
        switch (letter.message()) {
            case Message.Question question -> respond(letter, question, respondent);
            case Message.Answer answer -> settle(letter.number(), answer);
            case Message.Damaged damaged ->
                    LOG.warn("a message from node {} is dropped: {}", letter.sender(), damaged);
        }
    }

    private void respond(Letter letter, Message.Question question, Respondent respondent) {
        CompletableFuture<? extends Message.Answer> answer;
        try {
            answer = respondent.answer(letter.sender(), question);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var _ =
                answer.whenComplete((result, failure) ->
                        send(
                                        letter.sender(),
                                        new Letter(
                                                self,
                                                letter.number(),
                                                failure == null ? result : refusal(failure)))
                                .onFailure(lost ->
                                        LOG.debug(
                                                "an answer to node {} is lost",
                                                letter.sender(),
                                                lost)));
    }

    private void settle(long number, Message.Answer answer) {
        var call = calls.remove(number);
        if (call == null) {
            return;
        }
        if (answer instanceof Message.Refused refused) {
            call.answer().completeExceptionally(refused.exception());
        } else {
            call.answer().complete(answer);
        }
    }

    private void fail(long number, boolean maybeSent, Throwable failure) {
        var call = calls.remove(number);
        if (call != null) {
            call.answer()
                    .completeExceptionally(
                            new CallFailedException(
                                    maybeSent,
                                    "%s to node %s failed: %s"
                                            .formatted(call.question(), call.node(), failure)));
        }
    }

    private void failOverdue() {
        long now = ticker.nanos();
        calls.forEach((number, call) -> {
            if (now - call.deadlineNanos() >= 0 && calls.remove(number, call)) {
                call.answer()
                        .completeExceptionally(
                                new CallFailedException(
                                        true,
                                        "node %s did not answer %s in time"
                                                .formatted(call.node(), call.question())));
            }
        });
    }

    /** Whether no connection was made at all; of one that broke nobody knows what it carried. */
    private static boolean isUnreachable(Throwable failure) {
        return failure instanceof ConnectException
                || failure instanceof UnknownHostException
                || failure instanceof SSLHandshakeException
                || failure instanceof UnknownNodeException;
    }

    private static Message.Refused refusal(Throwable failure) {
        var cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof RefusedException refused
                ? new Message.Refused(refused.code(), String.valueOf(refused.getMessage()))
                : new Message.Refused(ErrorCode.INTERNAL_FAILURE, cause.toString());
    }
}
