package io.headrace.client.put;

import io.headrace.client.CommandFailure;
import io.headrace.client.Pause;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * Puts records in batches, several at once, and retries those that were refused.
 *
 * <p>PutRecords accepts and refuses record by record, so two records of one key in one request
 * could swap when only the first is refused. A producer that keeps the order therefore has at most
 * one record of a key on its way. One thread uses a producer; virtual threads send for it.
 */
public final class BatchingProducer {
    /** What a request may carry, how many may be on their way, and what is done about refusals. */
    public record Limits(
            int batchRecords, int batchBytes, int requestsAtOnce, boolean keepOrder, int triesMax) {
        public Limits {
            if (batchRecords < 1 || batchRecords > 500) {
                throw new IllegalArgumentException("a batch has 1 to 500 records");
            }
            if (requestsAtOnce < 1 || triesMax < 1) {
                throw new IllegalArgumentException("at least one request and one try");
            }
        }
    }

    /** What has become of the records so far. */
    public record Totals(long records, long bytes, long requests, long retried) {}

    private static final int BACKLOG_BATCHES = 10;
    private static final int BACKLOG_BYTES_MAX = 64 << 20;
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(2);

    private record Pending(PutRecordsRequestEntry entry, long number, int bytes, int tries) {
        Pending again() {
            return new Pending(entry, number, bytes, tries + 1);
        }
    }

    private record Answer(
            List<Pending> batch,
            @Nullable PutRecordsResponse response,
            @Nullable RuntimeException failure) {}

    private final BatchSender sender;
    private final Limits limits;
    private final Pause pause;
    private final Consumer<Totals> watcher;
    private final ArrayDeque<Pending> backlog = new ArrayDeque<>();
    private final Set<String> keysOnTheWay = new HashSet<>();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private int onTheWay;
    private long backlogBytes;
    private long numbered;
    private volatile Totals totals = new Totals(0, 0, 0, 0);
    private Duration backoff = Duration.ZERO;

    public BatchingProducer(
            BatchSender sender, Limits limits, Pause pause, Consumer<Totals> watcher) {
        this.sender = sender;
        this.limits = limits;
        this.pause = pause;
        this.watcher = watcher;
    }

    /** Takes a record; waits while too many are pending. */
    public void put(PutRecordsRequestEntry entry) throws InterruptedException {
        int bytes = entry.data().asByteArrayUnsafe().length + entry.partitionKey().length();
        backlog.add(new Pending(entry, numbered++, bytes, 1));
        backlogBytes += bytes;
        takeAnswers();
        while (backlog.size() >= limits.batchRecords() || backlogBytes >= limits.batchBytes()) {
            boolean full =
                    backlog.size() >= BACKLOG_BATCHES * limits.batchRecords()
                            || backlogBytes >= BACKLOG_BYTES_MAX;
            if (!dispatch()) {
                if (!full) {
                    return;
                }
                handle(answers.take());
            }
        }
    }

    /** Sends what is pending without waiting for a batch to fill; returns when all is accepted. */
    public Totals finish() throws InterruptedException {
        while (!backlog.isEmpty() || onTheWay > 0) {
            if (!dispatch()) {
                handle(answers.take());
            }
        }
        return totals;
    }

    /** Any thread may ask. */
    public Totals totals() {
        return totals;
    }

    private boolean dispatch() throws InterruptedException {
        if (onTheWay >= limits.requestsAtOnce() || backlog.isEmpty()) {
            return false;
        }
        if (backoff.isPositive()) {
            pause.sleep(backoff);
        }
        var batch = nextBatch();
        if (batch.isEmpty()) {
            return false;
        }
        onTheWay++;
        Thread.ofVirtual().name("put").start(() -> answers.add(send(batch)));
        return true;
    }

    private List<Pending> nextBatch() {
        var batch = new ArrayList<Pending>();
        int bytes = 0;
        var candidates = backlog.iterator();
        while (candidates.hasNext() && batch.size() < limits.batchRecords()) {
            var candidate = candidates.next();
            if (!batch.isEmpty() && bytes + candidate.bytes() > limits.batchBytes()) {
                break;
            }
            if (!limits.keepOrder() || keysOnTheWay.add(candidate.entry().partitionKey())) {
                candidates.remove();
                batch.add(candidate);
                bytes += candidate.bytes();
            }
        }
        backlogBytes -= bytes;
        return batch;
    }

    private Answer send(List<Pending> batch) {
        try {
            var response = sender.send(batch.stream().map(Pending::entry).toList());
            return new Answer(batch, response, null);
        } catch (RuntimeException e) {
            return new Answer(batch, null, e);
        }
    }

    private void takeAnswers() {
        for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
            handle(answer);
        }
    }

    private void handle(Answer answer) {
        onTheWay--;
        answer.batch().forEach(sent -> keysOnTheWay.remove(sent.entry().partitionKey()));
        var refused = refused(answer);
        int accepted = answer.batch().size() - refused.size();
        long acceptedBytes = sum(answer.batch()) - refused.stream().mapToLong(Pending::bytes).sum();
        totals =
                new Totals(
                        totals.records() + accepted,
                        totals.bytes() + acceptedBytes,
                        totals.requests() + 1,
                        totals.retried() + refused.size());
        watcher.accept(totals);
        if (refused.isEmpty()) {
            backoff = Duration.ZERO;
        } else {
            backoff = longer(backoff);
            putBack(refused);
        }
    }

    private static long sum(List<Pending> batch) {
        return batch.stream().mapToLong(Pending::bytes).sum();
    }

    private List<Pending> refused(Answer answer) {
        var failure = answer.failure();
        var response = answer.response();
        var refused = new ArrayDeque<Pending>();
        var why = "ProvisionedThroughputExceededException";
        if (response == null) {
            if (!(failure instanceof ProvisionedThroughputExceededException)) {
                throw failure == null ? new IllegalStateException("no answer") : failure;
            }
            refused.addAll(answer.batch());
        } else {
            for (int i = 0; i < answer.batch().size(); i++) {
                var result = response.records().get(i);
                if (result.errorCode() != null) {
                    why = result.errorCode() + ": " + result.errorMessage();
                    refused.add(answer.batch().get(i));
                }
            }
        }
        for (var record : refused) {
            if (record.tries() >= limits.triesMax()) {
                throw CommandFailure.refused(
                        "record %d was refused %d times (%s); %d records are accepted"
                                .formatted(
                                        record.number() + 1,
                                        record.tries(),
                                        why,
                                        totals.records()));
            }
        }
        return List.copyOf(refused);
    }

    // A refused record is older than every pending one of its key, so it goes back before them.
    private void putBack(List<Pending> refused) {
        for (var record : refused.reversed()) {
            backlog.addFirst(record.again());
            backlogBytes += record.bytes();
        }
    }

    private static Duration longer(Duration current) {
        if (current.isZero()) {
            return FIRST_BACKOFF;
        }
        var doubled = current.multipliedBy(2);
        return doubled.compareTo(LAST_BACKOFF) > 0 ? LAST_BACKOFF : doubled;
    }
}
