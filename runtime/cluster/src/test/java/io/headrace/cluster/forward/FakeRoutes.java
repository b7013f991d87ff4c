package io.headrace.cluster.forward;

import io.headrace.cluster.wire.CallFailedException;
import io.headrace.cluster.wire.Message;
import io.headrace.store.ShardKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A cluster of messages that arrive when the test says so, on a clock that it sets. One thread. */
final class FakeRoutes implements Routes {
    static final UUID SELF = new UUID(0, 1);
    static final UUID OTHER = new UUID(0, 2);
    static final UUID THIRD = new UUID(0, 3);

    /** A question under way. */
    record Sent(UUID node, Message.Question question, CompletableFuture<Message.Answer> answer) {
        Message.Append append() {
            return (Message.Append) question;
        }

        void fail(boolean maybeSent) {
            answer.completeExceptionally(new CallFailedException(maybeSent, "lost"));
        }
    }

    private record Task(long at, long number, Runnable task) {}

    final List<Sent> sent = new ArrayList<>();
    final Set<UUID> members = new HashSet<>(Set.of(SELF, OTHER, THIRD));
    UUID owner = OTHER;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>((a, b) ->
                    a.at() != b.at()
                            ? Long.compare(a.at(), b.at())
                            : Long.compare(a.number(), b.number()));
    private long nowMs;
    private long numbers;

    long nanos() {
        return nowMs * 1_000_000;
    }

    /** Lets time pass, and what is due happen. */
    void pass(long ms) {
        long until = nowMs + ms;
        while (!tasks.isEmpty() && tasks.peek().at() <= until) {
            var task = tasks.remove();
            nowMs = Math.max(nowMs, task.at());
            task.task().run();
        }
        nowMs = until;
    }

    /** What was sent since the last time. */
    ArrayDeque<Sent> take() {
        var taken = new ArrayDeque<>(sent);
        sent.clear();
        return taken;
    }

    @Override
    public UUID self() {
        return SELF;
    }

    @Override
    public UUID owner(ShardKey shard) {
        return owner;
    }

    @Override
    public boolean isMember(UUID node) {
        return members.contains(node);
    }

    @Override
    public CompletableFuture<Message.Answer> call(
            UUID node, Message.Question question, long timeoutMs) {
        var answer = new CompletableFuture<Message.Answer>();
        sent.add(new Sent(node, question, answer));
        return answer;
    }

    @Override
    public void after(long delayMs, Runnable task) {
        tasks.add(new Task(nowMs + delayMs, numbers++, task));
    }
}
