package io.headrace.acceptance.crash;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What producers were promised and what readers have seen of one stream, over any number of
 * crashes; {@link #check} holds what is there now against it. Any thread may note, one checks.
 */
final class History {
    /** A record's place: its shard and sequence number. */
    record Place(String shardId, String sequenceNumber) {}

    /** One record as a reader got it. */
    record Seen(String sequenceNumber, String data) {}

    private final Map<Place, String> acknowledged = new LinkedHashMap<>();
    private final Map<Place, String> read = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private boolean refusalsExpected;

    /** A producer got this answer for these bytes. */
    synchronized void acknowledge(String shardId, String sequenceNumber, String data) {
        var before = acknowledged.put(new Place(shardId, sequenceNumber), data);
        if (before != null) {
            throw new AssertionError(
                    "%s/%s was acknowledged for '%s' and for '%s'"
                            .formatted(shardId, sequenceNumber, before, data));
        }
    }

    /** A reader was given this record. */
    synchronized void read(String shardId, String sequenceNumber, String data) {
        read.put(new Place(shardId, sequenceNumber), data);
    }

    /** A client was refused: a node has no reason for that until it is struck. */
    synchronized void refused(String refusal) {
        if (!refusalsExpected) {
            complaints.add(refusal);
        }
    }

    synchronized void expectRefusals() {
        refusalsExpected = true;
    }

    synchronized void expectNoRefusals() {
        refusalsExpected = false;
    }

    synchronized int acknowledged() {
        return acknowledged.size();
    }

    synchronized int read() {
        return read.size();
    }

    /**
     * Everything that is wrong with what is there now, or nothing.
     *
     * @param shards each shard's records in the order they are read, from the oldest
     */
    synchronized List<String> check(Map<String, List<Seen>> shards) {
        var problems = new ArrayList<>(complaints);
        var present = new HashMap<Place, String>();
        shards.forEach((shardId, records) -> {
            BigInteger last = BigInteger.ONE.negate();
            var lastOfProducer = new HashMap<String, Long>();
            for (var record : records) {
                var number = new BigInteger(record.sequenceNumber());
                if (number.compareTo(last) <= 0) {
                    problems.add(shardId + ": " + number + " comes after " + last);
                }
                last = number;
                var place = new Place(shardId, record.sequenceNumber());
                if (present.put(place, record.data()) != null) {
                    problems.add(place + " is there twice");
                }
                checkOrder(shardId, record, lastOfProducer, problems);
            }
        });
        missing("acknowledged", acknowledged, present, problems);
        missing("read before", read, present, problems);
        return problems;
    }

    // A producer sends its next record after the answer to the one before, so its numbers rise in
    // every shard; an attempt without an answer may be there or not, but not out of turn.
    private static void checkOrder(
            String shardId, Seen record, Map<String, Long> lastOfProducer, List<String> problems) {
        var load = Load.parse(record.data());
        var before = lastOfProducer.put(load.producer(), load.number());
        if (before != null && load.number() <= before) {
            problems.add(
                    "%s: producer %s's %d comes after its %d"
                            .formatted(shardId, load.producer(), load.number(), before));
        }
    }

    private static void missing(
            String what, Map<Place, String> promised, Map<Place, String> present, List<String> to) {
        promised.forEach((place, data) -> {
            var found = present.get(place);
            if (found == null) {
                to.add(place + " was " + what + " and is gone: " + data);
            } else if (!found.equals(data)) {
                to.add(place + " was " + what + " as '" + data + "' and is '" + found + "'");
            }
        });
    }
}
